package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.BiasedGelu;

/** As x / (1 + exp(-2 u)), where nothing cancels; see {@code gelu.cuh}. */
final class ReferenceBiasedGelu implements BiasedGelu {
    private static final double INNER = Math.sqrt(2 / Math.PI);
    private static final double CUBE = 0.044715;

    @Override
    public void forward(Forward call) {
        Input input = call.input();
        HostElements x_RI = HostArena.of(input.x_RI());
        HostElements bias_I = HostArena.of(input.bias_I());
        HostElements out_RI = HostArena.of(call.out_RI());
        for (int i = 0; i < out_RI.count(); i++) {
            double x = x_RI.get(i) + bias_I.get(i % input.width());
            out_RI.set(i, x * share(x));
        }
    }

    @Override
    public void backward(Backward call) {
        Input input = call.input();
        HostElements x_RI = HostArena.of(input.x_RI());
        HostElements bias_I = HostArena.of(input.bias_I());
        HostElements dout_RI = HostArena.of(call.dout_RI());
        HostElements dx_RI = HostArena.of(call.dx_RI());
        Sums dbias = new Sums(HostArena.of(call.dbias_I()));
        for (int i = 0; i < dx_RI.count(); i++) {
            int column = i % input.width();
            double dx = dout_RI.get(i) * slope(x_RI.get(i) + bias_I.get(column));
            dbias.add(column, dx);
            dx_RI.set(i, dx);
        }
        dbias.store();
    }

    private static double exponential(double x) {
        return Math.exp(-2 * INNER * (x + CUBE * x * x * x));
    }

    private static double share(double x) {
        return 1 / (1 + exponential(x));
    }

    private static double slope(double x) {
        double share = share(x);
        double bend = share == 0 ? 0 : share * (share * exponential(x));
        return bend == 0 ? share : share + x * bend * 2 * INNER * (1 + 3 * CUBE * x * x);
    }
}
