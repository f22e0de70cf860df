package dev.mugv.kernels.reference;

import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import dev.mugv.kernels.operation.ElementArena;

/** Memory of the JVM, which frees it when nobody has it any more. */
final class HostArena implements ElementArena {
    @Override
    public Elements allocate(ElementFormat format, long count) {
        return HostElements.allocate(format, count);
    }

    @Override
    public Elements copyOf(HostElements content) {
        HostElements copy = HostElements.allocate(content.format(), content.count());
        copy.bytes().put(content.bytes());
        return copy;
    }

    @Override
    public void read(Elements from, HostElements to) {
        to.bytes().put(0, of(from).bytes(), 0, to.bytes().limit());
    }

    @Override
    public void close() {
        // The garbage collector does it.
    }

    /** What an operation of the reference is given must be the host's. */
    static HostElements of(Elements elements) {
        if (elements instanceof HostElements host) {
            return host;
        }
        throw new IllegalArgumentException("the Java reference computes in host memory, found elements of a device");
    }
}
