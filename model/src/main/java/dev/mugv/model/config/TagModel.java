package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * A model that says what is to be seen.
 *
 * @param file TorchScript model
 * @param names of its outputs, in their order
 */
public record TagModel(@MustExist(MustExist.Kind.FILE) Path file, List<String> names) {
    public TagModel {
        names = List.copyOf(names);
        new Faults()
                .require(!names.isEmpty(), "names", "expected at least one, found none")
                .require(
                        new HashSet<>(names).size() == names.size()
                                && names.stream().noneMatch(String::isBlank),
                        "names",
                        "expected names that differ and are not blank, found " + names)
                .throwIfAny();
    }
}
