package dev.mugv.kernels.operation;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.kernels.memory.ElementFormat;
import dev.mugv.kernels.memory.Elements;
import dev.mugv.kernels.memory.HostElements;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One call of an operation forward and one back, on made-up numbers: named tensors, and what is done with them. The tensor {@code dout}
 * is the gradient of {@code out}; the gradient of {@code x} is called {@code dx}.
 */
abstract class OperationCase {
    private final String name;
    private final Map<String, HostElements> tensors = new LinkedHashMap<>();

    OperationCase(String name) {
        this.name = name;
    }

    /** Does the call with these tensors, which lie on the device. */
    abstract void run(KernelDevice device, Map<String, Elements> memory);

    /** What the calls leave, in the order of tolerances. */
    abstract List<String> outputs();

    /** What derivatives are taken by. */
    abstract List<String> variables();

    /** Gradients of variables that the call adds to what is there. */
    boolean isAddedTo(String gradient) {
        return true;
    }

    /** Whether the call leaves anything at a place of a gradient. */
    boolean isTaken(String gradient, int index) {
        return true;
    }

    final Map<String, HostElements> tensors() {
        return tensors;
    }

    final void gaussian(String tensor, ElementFormat format, long count) {
        gaussian(tensor, format, count, 0, 1);
    }

    final void gaussian(String tensor, ElementFormat format, long count, double mean, double spread) {
        HostElements elements = HostElements.allocate(format, count);
        CounterNoise noise = CounterNoise.of(17, name + "/" + tensor);
        for (int i = 0; i < count; i++) {
            elements.set(i, mean + spread * noise.gaussian(i));
        }
        tensors.put(tensor, elements);
    }

    /** Whole numbers from 0 to a bound, without it. */
    final void whole(String tensor, ElementFormat format, long count, int bound) {
        HostElements elements = HostElements.allocate(format, count);
        CounterNoise noise = CounterNoise.of(17, name + "/" + tensor);
        for (int i = 0; i < count; i++) {
            elements.set(i, noise.below(bound, i));
        }
        tensors.put(tensor, elements);
    }

    /** What the device leaves in every tensor. */
    final Map<String, HostElements> on(KernelDevice device, Map<String, HostElements> content) {
        Map<String, HostElements> left = new LinkedHashMap<>();
        try (ElementArena arena = device.newArena()) {
            Map<String, Elements> memory = new LinkedHashMap<>();
            content.forEach((tensor, elements) -> memory.put(tensor, arena.copyOf(elements)));
            run(device, memory);
            memory.forEach((tensor, elements) -> {
                HostElements copy = HostElements.allocate(elements.format(), elements.count());
                arena.read(elements, copy);
                left.put(tensor, copy);
            });
        }
        return left;
    }

    /** The same numbers in fp64. */
    final Map<String, HostElements> widened() {
        Map<String, HostElements> wide = new LinkedHashMap<>();
        tensors.forEach((tensor, elements) -> wide.put(tensor, widened(elements)));
        return wide;
    }

    private static HostElements widened(HostElements elements) {
        return switch (elements.format()) {
            case FP32, BF16, FP64 -> {
                HostElements wide = HostElements.allocate(ElementFormat.FP64, elements.count());
                for (int i = 0; i < elements.count(); i++) {
                    wide.set(i, elements.get(i));
                }
                yield wide;
            }
            case UINT8, INT32, INT64 -> elements;
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
