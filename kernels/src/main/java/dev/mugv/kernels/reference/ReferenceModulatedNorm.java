package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.ModulatedNorm;
import dev.mugv.kernels.operation.TokenGrid;

final class ReferenceModulatedNorm implements ModulatedNorm {
    @Override
    public void forward(Forward call) {
        TokenGrid grid = call.input().grid();
        int width = grid.width();
        HostElements x_RD = HostArena.of(call.input().x_RD());
        HostElements modulation = HostArena.of(call.input().modulation().values());
        HostElements out_RD = HostArena.of(call.out_RD());
        for (int row = 0; row < grid.rows(); row++) {
            int start = ModulationRows.start(call.input().modulation(), grid, row);
            double sum = 0;
            for (int column = 0; column < width; column++) {
                sum += x_RD.get(row * width + column);
            }
            double mean = sum / width;
            double squares = 0;
            for (int column = 0; column < width; column++) {
                double distance = x_RD.get(row * width + column) - mean;
                squares += distance * distance;
            }
            double rstd = 1 / Math.sqrt(squares / width + call.epsilon());
            for (int column = 0; column < width; column++) {
                double unit = (x_RD.get(row * width + column) - mean) * rstd;
                out_RD.set(
                        row * width + column,
                        unit * modulation.get(start + width + column) + modulation.get(start + column));
            }
            HostArena.of(call.moments().mean_R()).set(row, mean);
            HostArena.of(call.moments().rstd_R()).set(row, rstd);
        }
    }

    @Override
    public void backward(Backward call) {
        TokenGrid grid = call.input().grid();
        int width = grid.width();
        HostElements x_RD = HostArena.of(call.input().x_RD());
        HostElements modulation = HostArena.of(call.input().modulation().values());
        HostElements dout_RD = HostArena.of(call.dout_RD());
        HostElements dx_RD = HostArena.of(call.dx_RD());
        Sums dmodulation = new Sums(HostArena.of(call.dmodulation()));
        double[] unit = new double[width];
        double[] dunit = new double[width];
        for (int row = 0; row < grid.rows(); row++) {
            int start = ModulationRows.start(call.input().modulation(), grid, row);
            double mean = HostArena.of(call.moments().mean_R()).get(row);
            double rstd = HostArena.of(call.moments().rstd_R()).get(row);
            double alongOnes = 0;
            double alongUnit = 0;
            for (int column = 0; column < width; column++) {
                double dout = dout_RD.get(row * width + column);
                unit[column] = (x_RD.get(row * width + column) - mean) * rstd;
                dunit[column] = dout * modulation.get(start + width + column);
                alongOnes += dunit[column];
                alongUnit += dunit[column] * unit[column];
                dmodulation.add(start + column, dout);
                dmodulation.add(start + width + column, dout * unit[column]);
            }
            for (int column = 0; column < width; column++) {
                double along = (alongOnes + unit[column] * alongUnit) / width;
                dx_RD.add(row * width + column, rstd * (dunit[column] - along));
            }
        }
        dmodulation.store();
    }
}
