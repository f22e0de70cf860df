package dev.mugv.model.config;

import java.util.List;
import java.util.Optional;

/**
 * What of a model a stage trains, and at which cost in memory.
 *
 * @param recomputation what the way back works out once more instead of having kept it
 * @param frozen parameters that stay as they are, by the beginnings of their published names up to a dot or the end; {@code *}
 *     stands for anything between dots, as in {@code blocks.*.mlp}
 * @param adapters LoRA adapters that are trained instead of the model
 */
public record Tuning(
        @Default("none") Recomputation recomputation,
        @Default("[]") List<String> frozen,
        Optional<AdapterConfiguration> adapters) {
    /** All of the model, everything kept. */
    public static final Tuning WHOLE = new Tuning(Recomputation.NONE, List.of(), Optional.empty());

    public Tuning {
        frozen = List.copyOf(frozen);
        new Faults()
                .require(
                        frozen.stream().allMatch(part -> part.matches("[a-z0-9_*]+(\\.[a-z0-9_*]+)*")),
                        "frozen",
                        "expected beginnings of parameters' names such as blocks.*.mlp, found " + frozen)
                .require(
                        frozen.isEmpty() || adapters.isEmpty(),
                        "frozen",
                        "expected nothing beside adapters, which leave all of the model as it is, found " + frozen)
                .throwIfAny();
    }
}
