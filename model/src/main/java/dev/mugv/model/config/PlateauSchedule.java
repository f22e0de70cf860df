package dev.mugv.model.config;

import java.util.List;

/**
 * When a stage's plateau rule looks. A window begins neither in the warm-up nor before the stage's last phase, whose shape the validation
 * grid has: what is learned then is not what the grid measures.
 *
 * @param rule what is asked at each look
 * @param every updates between validations
 * @param begin updates before the first validation that counts
 * @param updates the most that the stage makes
 */
public record PlateauSchedule(PlateauRule rule, int every, int begin, int updates) {
    static PlateauSchedule of(
            PlateauRule rule, int every, List<ShapePhase> phases, OptimizerConfiguration optimizer, int updates) {
        double before = phases.size() < 2 ? 0 : phases.get(phases.size() - 2).until() * updates;
        return new PlateauSchedule(rule, every, Math.max(optimizer.warmupUpdates(), (int) Math.floor(before)), updates);
    }

    /** Refuses a rule that could never look. */
    void requireLooks() {
        new Faults()
                .require(
                        looks() > 0,
                        "endsAtPlateau",
                        "expected room for a window of %d validations %d updates apart between update %d and the last one, %d, found none"
                                .formatted(
                                        rule.window(),
                                        every,
                                        Math.max(begin, rule.notBefore() - rule.window() * every),
                                        updates))
                .throwIfAny();
    }

    /** Whether the rule looks at the validation after an update: not at the last one, which ends the stage by itself. */
    public boolean looksAt(long update) {
        return update % every == 0
                && update < updates
                && update >= rule.notBefore()
                && update - (long) rule.window() * every >= begin;
    }

    /** How often it may look at most. */
    public int looks() {
        int looks = 0;
        for (long update = every; update < updates; update += every) {
            looks += looksAt(update) ? 1 : 0;
        }
        return looks;
    }

    /** The chance of ending wrongly that one look may have: all of them share that of the rule (Bonferroni). */
    public double level() {
        return (1 - rule.confidence()) / looks();
    }
}
