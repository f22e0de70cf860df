package dev.mugv.model.convert;

/** Hears how a conversion goes on. */
public interface ConversionListener {
    /**
     * @param doing for example {@code checking}
     * @param done so far, in bytes of weights or in samples
     * @param all what there is to do, in the same unit
     */
    void progress(String doing, long done, long all);
}
