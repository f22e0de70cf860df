package dev.mugv.jobs.config;

import dev.mugv.jobs.batch.StageNames;
import dev.mugv.model.config.PipelineConfiguration;
import dev.mugv.model.config.SlurmStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Finds entries of {@code slurm.steps} that name no step: what they ask for would silently not be asked for. */
final class SlurmStepNames {
    /** Step of {@code mugv certify}. */
    private static final String CERTIFY = "certify";

    private SlurmStepNames() {}

    static List<ConfigurationFault> faults(PipelineConfiguration configuration, @Nullable Node file) {
        List<String> known = new ArrayList<>(StageNames.workSteps(configuration));
        known.add(CERTIFY);
        List<ConfigurationFault> faults = new ArrayList<>();
        List<SlurmStep> entries = configuration.slurm().steps();
        for (int index = 0; index < entries.size(); index++) {
            SlurmStep entry = entries.get(index);
            if (known.stream().noneMatch(entry::matches)) {
                String what = NearestKey.of(entry.name(), known)
                        .map(near -> "did you mean '" + near + "'?")
                        .orElse("expected one of " + String.join(", ", known) + ", or the beginning of some and '*'");
                faults.add(new ConfigurationFault(
                        line(file, index),
                        "slurm.steps[" + index + "].name",
                        "no step is called '%s', %s".formatted(entry.name(), what)));
            }
        }
        return faults;
    }

    private static int line(@Nullable Node file, int index) {
        Optional<Node> steps = value(file, "slurm").flatMap(slurm -> value(slurm, "steps"));
        return steps.filter(SequenceNode.class::isInstance)
                .map(list -> ((SequenceNode) list).getValue().get(index))
                .flatMap(entry -> value(entry, "name"))
                .map(name -> name.getStartMark().getLine() + 1)
                .orElse(1);
    }

    private static Optional<Node> value(@Nullable Node section, String key) {
        if (section instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                if (entry.getKeyNode() instanceof ScalarNode word
                        && word.getValue().equals(key)) {
                    return Optional.of(entry.getValueNode());
                }
            }
        }
        return Optional.empty();
    }
}
