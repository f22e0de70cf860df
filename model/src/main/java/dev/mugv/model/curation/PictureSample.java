package dev.mugv.model.curation;

/**
 * What was measured of one sampled frame.
 *
 * @param colours pixels of each colour of {@link ColourNames}
 */
@SuppressWarnings("ArrayRecordComponent") // counts are only ever added up
record PictureSample(int frame, PictureMeasures measures, Borders borders, double aesthetic, long[] colours) {}
