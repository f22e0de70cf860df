package dev.mugv.kernels.operation;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;

/** Memory of a device that lives until the arena is closed, and then all of it goes. One arena serves one thread. */
public interface ElementArena extends AutoCloseable {
    /** New memory; what is in it is not said. */
    Elements allocate(ElementFormat format, long count);

    /** New memory with the content of some of the host's. */
    Elements copyOf(HostElements content);

    /** Copies to the host, after everything that the device was asked for before; when this returns, it is there. */
    void read(Elements from, HostElements to);

    /** Frees everything, after what the device was asked for before; a second call does nothing. */
    @Override
    void close();
}
