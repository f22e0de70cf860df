package dev.mugv.model.format;

/**
 * What went wrong while a video was decoded; decoding went on after each fault.
 *
 * @param damagedPackets packets that the decoder refused
 * @param damagedFrames frames that came out with concealed or missing parts
 * @param lostFrames frames that the file holds but the decoder never put out
 * @param reportedErrors errors that the decoder reported, most of them concealed in the picture
 * @param truncated whether reading ended before the file's declared end
 */
public record DecodeFaults(
        int damagedPackets, int damagedFrames, int lostFrames, int reportedErrors, boolean truncated) {
    public static final DecodeFaults NONE = new DecodeFaults(0, 0, 0, 0, false);

    public boolean isEmpty() {
        return equals(NONE);
    }
}
