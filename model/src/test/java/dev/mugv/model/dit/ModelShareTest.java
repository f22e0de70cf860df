package dev.mugv.model.dit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mugv.model.config.DitSize;
import dev.mugv.model.config.Layout;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ParameterShape;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelShareTest {
    private static final DitSize SIZE = new DitSize(288, 6, 16, 8);

    @Test
    void aLayoutThatDoesNotDivideIsRefusedWithWhatDoes() {
        requireRefused(
                new Layout(3, 1, 1),
                3,
                "Cannot spread the model over ranks: its 4 heads cannot be shared out equally among 3 ranks. Choose a"
                        + " 'tensor' that divides 4.");
        requireRefused(
                new Layout(1, 4, 1),
                4,
                "Cannot spread the model over ranks: its 6 blocks cannot be shared out equally among 4 stages. Choose"
                        + " a 'pipeline' that divides 6.");
        requireRefused(
                new Layout(2, 3, 2),
                8,
                "Cannot spread the model over ranks: its layout 2 x 3 x 2 (tensor, pipeline, data) needs 12 ranks,"
                        + " there are 8. Ask for as many ranks as the layout has, or change 'parallel'.");
    }

    private static void requireRefused(Layout layout, int ranks, String message) {
        assertThatThrownBy(() -> ModelShare.of(SIZE, layout, 0, ranks))
                .isInstanceOf(WorkFailure.class)
                .hasMessage(message);
    }

    @Test
    void theSharesOfAllRanksHoldEveryValueAndCountItOnce() {
        List<ParameterShape> whole = DitParameters.shapesWithNullCaption(SIZE);
        long values = whole.stream().mapToLong(ParameterShape::size).sum();
        Layout layout = new Layout(2, 3, 2);
        long counted = 0;
        for (int rank = 0; rank < layout.ranks(); rank++) {
            ModelShare share = ModelShare.of(SIZE, layout, rank, layout.ranks());
            if (layout.dataRank(rank) == 0) {
                counted += share.shapes(whole).stream()
                        .filter(shape -> share.counts(shape.name()))
                        .mapToLong(ParameterShape::size)
                        .sum();
            }
        }
        assertThat(counted).isEqualTo(values);
    }
}
