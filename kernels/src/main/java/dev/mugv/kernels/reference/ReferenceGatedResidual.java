package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.GatedResidual;
import dev.mugv.kernels.operation.TokenGrid;

final class ReferenceGatedResidual implements GatedResidual {
    /** What both passes read, and where a row's vectors are. */
    private record Operands(Branch branch, HostElements branch_RD, HostElements bias_D, HostElements modulation) {
        static Operands of(Branch branch) {
            return new Operands(
                    branch,
                    HostArena.of(branch.branch_RD()),
                    HostArena.of(branch.bias_D()),
                    HostArena.of(branch.modulation().values()));
        }

        int row(int row) {
            return ModulationRows.start(branch.modulation(), branch.grid(), row);
        }

        boolean isFull() {
            return branch.vectors() == Vectors.SHIFT_SCALE_GATE;
        }

        double shift(int start, int column) {
            return isFull() ? modulation.get(start + column) : 0;
        }

        double scale(int start, int column) {
            return isFull() ? modulation.get(start + branch.grid().width() + column) : 1;
        }

        int gateOffset() {
            return (branch.vectors().count() - 1) * branch.grid().width();
        }

        double biased(int row, int column) {
            return branch_RD.get(row * branch.grid().width() + column) + bias_D.get(column);
        }
    }

    @Override
    public void forward(Forward call) {
        Operands operands = Operands.of(call.branch());
        TokenGrid grid = call.branch().grid();
        HostElements residual_RD = HostArena.of(call.residual_RD());
        HostElements out_RD = HostArena.of(call.out_RD());
        for (int row = 0; row < grid.rows(); row++) {
            int start = operands.row(row);
            for (int column = 0; column < grid.width(); column++) {
                double modulated =
                        operands.biased(row, column) * operands.scale(start, column) + operands.shift(start, column);
                double gate = operands.modulation().get(start + operands.gateOffset() + column);
                int at = row * grid.width() + column;
                out_RD.set(at, residual_RD.get(at) + gate * modulated);
            }
        }
    }

    @Override
    public void backward(Backward call) {
        Operands operands = Operands.of(call.branch());
        TokenGrid grid = call.branch().grid();
        HostElements dout_RD = HostArena.of(call.dout_RD());
        HostElements dbranch_RD = HostArena.of(call.dbranch_RD());
        Sums dbias = new Sums(HostArena.of(call.dbias_D()));
        Sums dmodulation = new Sums(HostArena.of(call.dmodulation()));
        for (int row = 0; row < grid.rows(); row++) {
            int start = operands.row(row);
            for (int column = 0; column < grid.width(); column++) {
                int at = row * grid.width() + column;
                double x = operands.biased(row, column);
                double scale = operands.scale(start, column);
                double dout = dout_RD.get(at);
                double du = dout * operands.modulation().get(start + operands.gateOffset() + column);
                dmodulation.add(
                        start + operands.gateOffset() + column, dout * (x * scale + operands.shift(start, column)));
                if (operands.isFull()) {
                    dmodulation.add(start + column, du);
                    dmodulation.add(start + grid.width() + column, du * x);
                }
                dbias.add(column, du * scale);
                dbranch_RD.set(at, du * scale);
            }
        }
        dbias.store();
        dmodulation.store();
    }
}
