package dev.mugv.model.config;

import java.util.List;
import java.util.Optional;

/**
 * The curriculum; the width expansion happens between the two lists (mugv.md, section 5.2).
 *
 * @param proxy stages of the narrow model; none of them and no expansion where training starts from weights of the full one
 * @param full stages of the wide model; none where given weights go straight to finetuning
 * @param search looks for hyper-parameters on the proxy before its first stage, which takes what is found
 */
public record PretrainingConfiguration(
        @Default("[]") List<TrainingStage> proxy,
        @Default("[]") List<TrainingStage> full,
        Optional<ProxySearch> search) {
    /** One that looks for nothing. */
    public PretrainingConfiguration(List<TrainingStage> proxy, List<TrainingStage> full) {
        this(proxy, full, Optional.empty());
    }

    public PretrainingConfiguration {
        proxy = List.copyOf(proxy);
        full = List.copyOf(full);
        List<String> names = full.stream().map(TrainingStage::name).toList();
        boolean proxied = !proxy.isEmpty();
        int most = proxied ? proxy.get(0).updates() : Integer.MAX_VALUE;
        new Faults()
                .require(
                        search.isEmpty() || proxied,
                        "search",
                        "expected a stage under 'proxy' to try values on, found none")
                .require(
                        search.map(found -> found.updates() < most).orElse(true),
                        "search",
                        "expected fewer updates of a trial than its stage makes, found "
                                + search.map(ProxySearch::updates).orElse(0))
                .require(
                        search.map(found -> names.containsAll(found.carriedTo()))
                                .orElse(true),
                        "search",
                        "expected 'carried-to' to name stages of 'full' (%s), found %s"
                                .formatted(
                                        String.join(", ", names),
                                        search.map(found -> String.join(", ", found.carriedTo()))
                                                .orElse("")))
                .throwIfAny();
    }
}
