package dev.mugv.steps.catalog;

/**
 * What a run decided about a clip.
 *
 * @param clipId the clip
 * @param reason short reason of a rejection, empty when kept
 * @param detail the numbers behind it
 * @param weight sampling weight
 * @param heldOut kept for validation only
 * @param finetune chosen for supervised finetuning
 * @param choice what speaks for and against that
 */
public record ClipDecision(
        String clipId,
        String reason,
        String detail,
        double weight,
        boolean heldOut,
        boolean finetune,
        FinetuneChoice choice) {
    public ClipDecision(String clipId, String reason, String detail, double weight, boolean heldOut, boolean finetune) {
        this(clipId, reason, detail, weight, heldOut, finetune, FinetuneChoice.of(weight));
    }

    public static ClipDecision keep(String clipId) {
        return new ClipDecision(clipId, "", "", 1, false, false);
    }

    public static ClipDecision reject(String clipId, String reason, String detail) {
        return new ClipDecision(clipId, reason, detail, 1, false, false);
    }

    public boolean isKept() {
        return reason.isEmpty();
    }
}
