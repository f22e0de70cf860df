package dev.mugv.model.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Copies of a {@link ParameterSet}'s values on the device that computes, and sums of gradients there. The host's memory stays what
 * counts: optimizer, checkpoints and communicators read and write it alone. Values go to the device when they have changed, gradients
 * come back piece by piece as the way back has them.
 */
final class DeviceMirror implements AutoCloseable {
    private final NDManager scope;
    private final ScriptModule script =
            ScriptArchive.ofResource(DeviceMirror.class, "mirror.py").load();
    private final Map<String, NDArray> hostWeights;
    private final Map<String, NDArray> hostGradients;
    private final Map<String, NDArray> weights = new LinkedHashMap<>();
    private final Map<String, NDArray> gradients = new LinkedHashMap<>();

    /**
     * Zeros on the scope's device, each requiring a gradient where the host has one.
     *
     * @param hostWeights arrays over the host's memory; so are the gradients, of which there are as many or none
     */
    DeviceMirror(NDManager device, Map<String, NDArray> hostWeights, Map<String, NDArray> hostGradients) {
        this.scope = device.newSubManager();
        this.hostWeights = Map.copyOf(hostWeights);
        this.hostGradients = Map.copyOf(hostGradients);
        hostWeights.forEach((name, host) -> {
            NDArray weight = scope.zeros(host.getShape(), host.getDataType());
            if (hostGradients.containsKey(name)) {
                NDArray gradient = scope.zeros(host.getShape(), host.getDataType());
                weight.setRequiresGradient(true);
                GradientBinding.bind(name, weight, gradient);
                gradients.put(name, gradient);
            }
            weights.put(name, weight);
        });
    }

    /** Where arrays that live as long as the values may be made on the device. */
    NDManager scope() {
        return scope;
    }

    /** Copies of the parameters, by name. */
    Map<String, NDArray> weights() {
        return weights;
    }

    /** Sums of gradients, by name; empty where the host has none. */
    Map<String, NDArray> gradients() {
        return gradients;
    }

    /** Takes over the host's present values. */
    void upload() {
        move("upload", weights, hostWeights, name -> true);
    }

    /** Adds the gradients of some parameters to the host's, and makes them zero here. */
    void addGradients(Predicate<String> some) {
        move("add", hostGradients, gradients, some);
    }

    private void move(String method, Map<String, NDArray> to, Map<String, NDArray> of, Predicate<String> some) {
        NDList targets = new NDList();
        NDList sources = new NDList();
        of.forEach((name, source) -> {
            NDArray target = to.get(name);
            if (target != null && some.test(name)) {
                targets.add(target);
                sources.add(source);
            }
        });
        if (!targets.isEmpty()) {
            script.callUnrecorded(method).with(targets).with(sources).run();
        }
    }

    @Override
    public void close() {
        script.close();
        scope.close();
    }
}
