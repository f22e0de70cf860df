package dev.mugv.model.run;

/** By what the ranks of a training reach each other. */
public enum CommunicatorKind {
    /** Ranks are threads of one worker process. */
    THREADS,
    /** Ranks are processes that speak through the machine's MPI library. */
    MPI,
    /** Ranks are processes with a GPU each that speak through NVIDIA's NCCL. */
    NCCL
}
