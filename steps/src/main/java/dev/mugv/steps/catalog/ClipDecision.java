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
 */
public record ClipDecision(
        String clipId, String reason, String detail, double weight, boolean heldOut, boolean finetune) {
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
