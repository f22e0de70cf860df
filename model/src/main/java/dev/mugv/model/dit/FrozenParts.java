package dev.mugv.model.dit;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Parameters that a training leaves as they are, by name.
 *
 * @param parts beginnings of names up to a dot or the end; {@code *} stands for anything between dots
 */
public record FrozenParts(List<String> parts) {
    public FrozenParts {
        parts = List.copyOf(parts);
    }

    public boolean cover(String name) {
        return parts.stream().anyMatch(part -> covers(part, name));
    }

    private static boolean covers(String part, String name) {
        String pattern = Pattern.quote(part).replace("*", "\\E[^.]*\\Q");
        return Pattern.compile(pattern + "(\\..*)?").matcher(name).matches();
    }

    /**
     * Requires every part to mean something, and something to be left to train.
     *
     * @throws WorkFailure of kind INVALID_REQUEST otherwise
     */
    public void requireSome(Collection<ParameterShape> parameters) {
        for (String part : parts) {
            if (parameters.stream().noneMatch(parameter -> covers(part, parameter.name()))) {
                throw new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot freeze '%s': expected the beginning of a parameter's name, found none of %d that begins so. Use a name such as 't_embedder' or 'blocks.*.mlp'."
                                .formatted(part, parameters.size()));
            }
        }
        if (parameters.stream().allMatch(parameter -> cover(parameter.name()))) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot train a model of which %s are frozen: expected some parameters to be left, found none. Take something out of 'frozen'."
                            .formatted(parts));
        }
    }
}
