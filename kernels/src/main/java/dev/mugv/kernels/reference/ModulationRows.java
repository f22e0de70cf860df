package dev.mugv.kernels.reference;

import dev.mugv.kernels.operation.Modulation;
import dev.mugv.kernels.operation.TokenGrid;

/** Which row of modulation a token takes. */
final class ModulationRows {
    private ModulationRows() {}

    /** Index of the row's first element. */
    static int start(Modulation modulation, TokenGrid grid, int row) {
        int clean = (int) HostArena.of(modulation.clean_R()).get(row);
        return (row / grid.tokens() * 2 + clean) * modulation.stride();
    }
}
