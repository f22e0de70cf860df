package dev.mugv.model.sampling;

import dev.mugv.kernels.CounterNoise;
import dev.mugv.model.config.HyperParameters;
import dev.mugv.model.config.ProxySearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What the trials of a search try: a function of the search and of the stated values. */
public final class SearchDraws {
    private static final String PURPOSE = "proxy-search";

    private SearchDraws() {}

    /**
     * Values by trial: first what a stage states, then a Latin hypercube, so that each range is covered evenly however few there are.
     *
     * @param stated by the stage
     */
    public static List<HyperParameters> tried(ProxySearch search, HyperParameters stated) {
        List<HyperParameters> tried = new ArrayList<>(List.of(stated));
        double[] rates = shares(search, "learning-rate");
        double[] decays = shares(search, "beta2");
        double[] weights = shares(search, "weight-decay");
        for (int i = 0; i < search.trials() - 1; i++) {
            int place = i;
            tried.add(new HyperParameters(
                            search.learningRate()
                                    .map(range -> range.at(rates[place]))
                                    .orElse(stated.learningRate()),
                            search.beta2()
                                    .map(range -> range.decayAt(decays[place]))
                                    .orElse(stated.beta2()),
                            search.weightDecay()
                                    .map(range -> range.at(weights[place]))
                                    .orElse(stated.weightDecay()))
                    .rounded());
        }
        return tried;
    }

    /** One share of the way in each of as many equal parts, in an order of its own for each parameter. */
    private static double[] shares(ProxySearch search, String parameter) {
        int parts = search.trials() - 1;
        CounterNoise noise = CounterNoise.of(search.seed(), PURPOSE, CounterNoise.counter(parameter));
        List<Integer> order = IntStream.range(0, parts)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer part) -> noise.uniform(part)))
                .toList();
        return IntStream.range(0, parts)
                .mapToDouble(i -> (order.get(i) + noise.uniform((long) parts + i)) / parts)
                .toArray();
    }
}
