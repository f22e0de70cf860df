package dev.mugv.model.config;

/** In what the weights of a net that is only used, never trained, are held; computed is in fp32 either way. */
public enum WeightPrecision {
    /** Four bytes a weight. */
    FP32,
    /** Two bytes a weight: those of a 16-bit file as they are, those of an fp32 file rounded to bf16. */
    BF16
}
