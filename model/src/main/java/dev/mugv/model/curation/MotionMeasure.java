package dev.mugv.model.curation;

/**
 * Motion between two frames, in pixels of the width of measurement in a tenth of a second.
 *
 * @param frame index of the first frame of the pair
 * @param lastFrame index of the second
 * @param length mean length of the flow
 * @param panX median flow to the right
 * @param panY median flow downwards
 * @param objects mean length of what differs from the median flow
 * @param movingShare share of pixels that move at all
 */
record MotionMeasure(
        int frame, int lastFrame, double length, double panX, double panY, double objects, double movingShare) {
    /** Length from which a pixel counts as moving. */
    private static final double MOVING = 0.5;

    /** Scales a flow to the unit; {@code scale} is pixels of measurement for one of the flow, over tenths of a second. */
    static MotionMeasure of(FlowField flow, int frame, int lastFrame, double scale) {
        double panX = flow.medianX();
        double panY = flow.medianY();
        return new MotionMeasure(
                frame,
                lastFrame,
                scale * flow.meanLength(),
                scale * panX,
                scale * panY,
                scale * flow.meanLengthBeyond(panX, panY),
                flow.shareBeyond(MOVING / scale));
    }
}
