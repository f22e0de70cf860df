package dev.mugv.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mugv.model.sampling.SearchDraws;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProxySearchTest {
    private static final SearchRange RATES = new SearchRange(1e-4, 1e-2, SearchRange.Scale.LOG);
    private static final SearchRange DECAYS = new SearchRange(0.9, 0.999, SearchRange.Scale.LOG);
    private static final HyperParameters STATED = new HyperParameters(2e-3, 0.99, 0.1);
    private static final OptimizerConfiguration OPTIMIZER =
            new OptimizerConfiguration(2e-3, 4e-4, 20, 0.9, 0.99, 1e-8, 0.1, 1);

    @Test
    void theFirstTrialIsWhatIsStatedAndTheOthersCoverEachRangeEvenly() {
        List<HyperParameters> tried = SearchDraws.tried(search(9, Optional.of(DECAYS)), STATED);
        assertThat(tried).hasSize(9).doesNotHaveDuplicates().startsWith(STATED);
        assertThat(tried).extracting(HyperParameters::weightDecay).containsOnly(0.1);
        // One in each eighth of the range, by magnitude.
        assertThat(tried.subList(1, 9).stream()
                        .map(values -> (int) (8 * Math.log10(values.learningRate() / 1e-4) / 2))
                        .sorted())
                .containsExactlyElementsOf(IntStream.range(0, 8).boxed().toList());
        assertThat(tried.subList(1, 9).stream()
                        .map(values -> (int) (8 * -Math.log10((1 - values.beta2()) / 0.1) / 2))
                        .sorted())
                .containsExactlyElementsOf(IntStream.range(0, 8).boxed().toList());
        assertThat(SearchDraws.tried(search(9, Optional.of(DECAYS)), STATED)).isEqualTo(tried);
    }

    @Test
    void aTrialIsTheStageShortenedWithItsWarmUpAndItsRatioOfRates() {
        TrainingStage stage = new TrainingStage(
                "proxy",
                400,
                4,
                List.of(new ShapePhase(1, new VideoShape(64, 64, 16, 8))),
                0.8,
                0.2,
                0,
                CaptionDropout.NONE,
                OPTIMIZER,
                100,
                21,
                ComputePrecision.FP32);
        TrainingStage trial = search(3, Optional.empty()).trial(stage, new HyperParameters(1e-2, 0.9, 0));
        assertThat(trial.updates()).isEqualTo(60);
        assertThat(trial.checkpointEvery()).isEqualTo(60);
        assertThat(trial.seed()).isEqualTo(21);
        assertThat(trial.optimizer().warmupUpdates()).isEqualTo(3);
        assertThat(trial.optimizer().learningRate()).isEqualTo(1e-2);
        assertThat(trial.optimizer().minLearningRate()).isCloseTo(2e-3, within(1e-15));
        assertThat(trial.optimizer().beta2()).isEqualTo(0.9);
        // What is stated, on what states it, changes nothing: the same work has the same key.
        assertThat(HyperParameters.of(OPTIMIZER).on(OPTIMIZER)).isEqualTo(OPTIMIZER);
    }

    @Test
    void aSpaceOfNoWidthAndOneWithNothingInItAreRefused() {
        assertThatThrownBy(() -> new SearchRange(1e-3, 1e-3, SearchRange.Scale.LOG))
                .isInstanceOf(InvalidValuesException.class)
                .hasMessageContaining("expected a range of some width");
        assertThatThrownBy(() -> new SearchRange(0, 1e-3, SearchRange.Scale.LOG))
                .hasMessageContaining("above 0 on a logarithmic scale");
        assertThatThrownBy(() -> new ProxySearch(
                        8, 60, 1, Optional.empty(), Optional.empty(), Optional.empty(), 0.95, List.of()))
                .hasMessageContaining("at least one of learning-rate, beta2 and weight-decay");
        assertThatThrownBy(() -> search(1, Optional.empty())).hasMessageContaining("expected 2 to");
        assertThatThrownBy(() ->
                        new PretrainingConfiguration(List.of(), List.of(), Optional.of(search(3, Optional.empty()))))
                .hasMessageContaining("expected a stage under 'proxy'");
    }

    private static ProxySearch search(int trials, Optional<SearchRange> decays) {
        return new ProxySearch(trials, 60, 7, Optional.of(RATES), decays, Optional.empty(), 0.95, List.of());
    }
}
