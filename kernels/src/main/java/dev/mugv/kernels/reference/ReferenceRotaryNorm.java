package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.HeadGrid;
import dev.mugv.kernels.operation.RotaryNorm;

final class ReferenceRotaryNorm implements RotaryNorm {
    private static final int AXES = 3;

    /** What both passes read, and where things are. */
    private record Operands(
            HeadGrid grid,
            HostElements qkv_R3NK,
            HostElements weight_JK,
            HostElements position_R3,
            HostElements angles) {
        static Operands of(Heads heads) {
            return new Operands(
                    heads.grid(),
                    HostArena.of(heads.qkv_R3NK()),
                    HostArena.of(heads.weight_JK()),
                    HostArena.of(heads.rotation().position_R3()),
                    HostArena.of(heads.rotation().angles()));
        }

        int input(int j, int row, int head) {
            return ((row * 3 + j) * grid.heads() + head) * grid.width();
        }

        int output(int j, int row, int head) {
            int sample = row / grid.tokens();
            int token = row % grid.tokens();
            return (((j * grid.samples() + sample) * grid.heads() + head) * grid.tokens() + token) * grid.width();
        }

        int statistic(int j, int row, int head) {
            return (int) ((j * grid.rows() + row) * grid.heads() + head);
        }

        /** Index of a pair's cosine; its sine follows. */
        int angle(int row, int pair) {
            int position = (int) position_R3.get(AXES * row + pair / grid.pairsOfAxis());
            if (position < 0 || (position + 1L) * grid.pairsOfAxis() * 2 > angles.count()) {
                throw new IllegalArgumentException("position %d of row %d has no angles".formatted(position, row));
            }
            return (position * grid.pairsOfAxis() + pair % grid.pairsOfAxis()) * 2;
        }
    }

    @Override
    public void forward(Forward call) {
        Operands operands = Operands.of(call.heads());
        HeadGrid grid = operands.grid();
        HostElements out = HostArena.of(call.out_JBNTK());
        HostElements rstd_JRN = HostArena.of(call.rstd_JRN());
        for (int j = 0; j < 2; j++) {
            for (int row = 0; row < grid.rows(); row++) {
                for (int head = 0; head < grid.heads(); head++) {
                    int from = operands.input(j, row, head);
                    double squares = 0;
                    for (int k = 0; k < grid.width(); k++) {
                        double x = operands.qkv_R3NK().get(from + k);
                        squares += x * x;
                    }
                    double rstd = 1 / Math.sqrt(squares / grid.width() + call.epsilon());
                    rstd_JRN.set(operands.statistic(j, row, head), rstd);
                    rotate(operands, j, row, head, rstd, out);
                }
            }
        }
    }

    // Six parameters: the place in a tensor of five axes, and what is written there.
    private static void rotate(Operands operands, int j, int row, int head, double rstd, HostElements out) {
        int width = operands.grid().width();
        int from = operands.input(j, row, head);
        int to = operands.output(j, row, head);
        for (int k = 0; k < width; k += 2) {
            int angle = operands.angle(row, k / 2);
            double cosine = operands.angles().get(angle);
            double sine = operands.angles().get(angle + 1);
            double even = operands.qkv_R3NK().get(from + k)
                    * rstd
                    * operands.weight_JK().get(j * width + k);
            double odd = operands.qkv_R3NK().get(from + k + 1)
                    * rstd
                    * operands.weight_JK().get(j * width + k + 1);
            out.set(to + k, even * cosine - odd * sine);
            out.set(to + k + 1, even * sine + odd * cosine);
        }
    }

    @Override
    public void backward(Backward call) {
        Operands operands = Operands.of(call.heads());
        HeadGrid grid = operands.grid();
        int width = grid.width();
        HostElements dout = HostArena.of(call.dout_JBNTK());
        HostElements dqkv = HostArena.of(call.dqkv_R3NK());
        Sums dweight = new Sums(HostArena.of(call.dweight_JK()));
        double[] unit = new double[width];
        double[] dunit = new double[width];
        for (int j = 0; j < 2; j++) {
            for (int row = 0; row < grid.rows(); row++) {
                for (int head = 0; head < grid.heads(); head++) {
                    int from = operands.input(j, row, head);
                    int to = operands.output(j, row, head);
                    double rstd = HostArena.of(call.rstd_JRN()).get(operands.statistic(j, row, head));
                    double along = 0;
                    for (int k = 0; k < width; k++) {
                        double back = turnedBack(operands, row, k, dout, to);
                        unit[k] = operands.qkv_R3NK().get(from + k) * rstd;
                        dweight.add(j * width + k, back * unit[k]);
                        dunit[k] = back * operands.weight_JK().get(j * width + k);
                        along += dunit[k] * unit[k] / width;
                    }
                    for (int k = 0; k < width; k++) {
                        dqkv.set(from + k, rstd * (dunit[k] - unit[k] * along));
                    }
                }
            }
        }
        dweight.store();
    }

    private static double turnedBack(Operands operands, int row, int k, HostElements dout, int to) {
        int angle = operands.angle(row, k / 2);
        double cosine = operands.angles().get(angle);
        double sine = operands.angles().get(angle + 1);
        double own = dout.get(to + k);
        return k % 2 == 0 ? own * cosine + dout.get(to + k + 1) * sine : own * cosine - dout.get(to + k - 1) * sine;
    }
}
