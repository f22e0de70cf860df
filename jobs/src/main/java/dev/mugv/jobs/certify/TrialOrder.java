package dev.mugv.jobs.certify;

import dev.mugv.model.format.WitnessOrder;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.work.WorkItem;
import dev.mugv.steps.work.WorkResources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a trial's controllers have to do, as JSON: {@code trial.json} in the trial's folder, which is its run's workspace.
 *
 * @param configuration file of the run whose cluster is certified
 * @param name of the trial's run
 * @param workspace of the trial's run
 * @param work the pieces
 * @param databaseUrl of the certified run's database
 * @param databaseUser its role
 */
record TrialOrder(Path configuration, String name, Path workspace, Work work, String databaseUrl, String databaseUser) {
    static final String FILE_NAME = "trial.json";

    /** Job and step of every trial. */
    static final String STEP = "certify";

    static final Path WITNESSES = Path.of("witnesses");

    /** While this file is there, the first run of a piece works on. */
    static final Path HOLD = Path.of("hold");

    private static final int MEMORY_MEBIBYTES = 384;

    /** Far more than is asked for, and little enough for any node. */
    private static final int HUNGER_MEBIBYTES = 1600;

    /**
     * @param pieces how many
     * @param firstMillis how long the first run of an attempt works
     * @param stepMillis how much longer each next piece's works
     * @param laterMillis how long further runs work
     * @param hungry how many of the pieces are killed for their memory
     */
    record Work(int pieces, long firstMillis, long stepMillis, long laterMillis, int hungry) {}

    List<WorkItem> plan() {
        List<WorkItem> items = new ArrayList<>();
        for (int i = 0; i < work.pieces(); i++) {
            String label = label(i);
            WitnessOrder order = new WitnessOrder(
                    label,
                    WITNESSES,
                    HOLD,
                    work.firstMillis() + i * work.stepMillis(),
                    work.laterMillis(),
                    i < work.hungry() ? HUNGER_MEBIBYTES : 0);
            items.add(new WorkItem(
                    label,
                    TaskKind.LEAVE_WITNESS,
                    Json.tree(order),
                    List.of(),
                    new WorkResources(1, MEMORY_MEBIBYTES)));
        }
        return items;
    }

    static String label(int piece) {
        return String.format(Locale.ROOT, "piece-%03d", piece);
    }
}
