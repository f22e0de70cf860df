package dev.mugv.kernels.cuda;

import java.time.Duration;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;

/** Times work on a GPU by two events of its stream, so that the time of asking for it is not in it. */
public final class CudaStopwatch implements AutoCloseable {
    private static final double NANOS_PER_MILLI = 1e6;

    private final CudaContext context;
    private final CUevent begin = new CUevent();
    private final CUevent end = new CUevent();

    CudaStopwatch(CudaContext context) {
        this.context = context;
        context.makeCurrent();
        CudaFailure.check(JCudaDriver.cuEventCreate(begin, CUevent_flags.CU_EVENT_DEFAULT), "create an event");
        CudaFailure.check(JCudaDriver.cuEventCreate(end, CUevent_flags.CU_EVENT_DEFAULT), "create an event");
    }

    /** Marks where the work begins. */
    public void start() {
        context.makeCurrent();
        CudaFailure.check(JCudaDriver.cuEventRecord(begin, context.stream()), "record an event");
    }

    /** Marks where it ends, waits for that, and says how long it took. */
    public Duration stop() {
        context.makeCurrent();
        CudaFailure.check(JCudaDriver.cuEventRecord(end, context.stream()), "record an event");
        CudaFailure.check(JCudaDriver.cuEventSynchronize(end), "wait for an event");
        float[] millis = new float[1];
        CudaFailure.check(JCudaDriver.cuEventElapsedTime(millis, begin, end), "compare events");
        return Duration.ofNanos(Math.round(millis[0] * NANOS_PER_MILLI));
    }

    @Override
    public void close() {
        context.makeCurrent();
        JCudaDriver.cuEventDestroy(begin);
        JCudaDriver.cuEventDestroy(end);
    }
}
