package dev.mugv.jobs.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mugv.jobs.demo.ShownAnswers.Question;
import dev.mugv.jobs.demo.ShownAnswers.Side;
import dev.mugv.model.run.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShownAnswersTest {
    private static final List<Question> PAIR = List.of(new Question("motion", List.of("first", "second", "tie"), ""));
    private static final List<Question> STAGES = List.of(
            new Question("realistic", List.of("yes", "no"), ""),
            new Question("faithful", List.of("yes", "no"), "realistic"));
    private static final List<Question> REVIEW = List.of(new Question("visual-fidelity", List.of("pass", "fail"), ""));
    private static final int ITEMS = 400;

    private static Side side(int item, long bytes) {
        return new Side(Sha256.of(("video " + item).getBytes(StandardCharsets.UTF_8)), bytes, "0 2");
    }

    private static String said(String annotator, List<Side> sides, List<Question> questions) {
        Map<String, String> answers = new ShownAnswers(annotator, sides, "a text").to(questions);
        return answers.get(questions.get(0).name());
    }

    private static double share(String annotator, String answer, List<Question> questions) {
        return IntStream.range(0, ITEMS)
                        .filter(item -> said(annotator, List.of(side(item, 10)), questions)
                                .equals(answer))
                        .count()
                / (double) ITEMS;
    }

    @Test
    void ofTwoVideosTheOneOfFewerBytesIsPreferredWhicheverSideItIsOn() {
        int calmer = 0;
        for (int item = 0; item < ITEMS; item++) {
            Side calm = side(2 * item, 100);
            Side rough = side(2 * item + 1, 200);
            String answer = said("ann", List.of(calm, rough), PAIR);
            String mirrored = said("ann", List.of(rough, calm), PAIR);
            String expected = answer.equals("tie") ? "tie" : answer.equals("first") ? "second" : "first";
            assertThat(mirrored).isEqualTo(expected);
            calmer += answer.equals("first") ? 1 : 0;
        }
        // Four of five, and two fifths of the rest: 0.88, six standard deviations wide.
        assertThat(calmer / (double) ITEMS).isBetween(0.78, 0.98);
    }

    @Test
    void answersAreAFunctionOfWhatIsShownAndNothingElse() {
        for (int item = 0; item < 20; item++) {
            assertThat(said("ann", List.of(side(item, 10)), REVIEW))
                    .isEqualTo(said("ann", List.of(side(item, 10)), REVIEW));
        }
        assertThat(share("ann", "pass", REVIEW)).isBetween(0.75, 0.95);
        assertThat(share("ann", "yes", STAGES)).isBetween(0.56, 0.84);
    }

    @Test
    void annotatorsAgreeMostlyButNotAlways() {
        long same = IntStream.range(0, ITEMS)
                .filter(item -> said("ann", List.of(side(item, 10)), STAGES)
                        .equals(said("ben", List.of(side(item, 10)), STAGES)))
                .count();
        assertThat(same / (double) ITEMS).isBetween(0.7, 0.98);
    }

    @Test
    void aStageIsAnsweredOnlyAfterAYesToTheOneBefore() {
        for (int item = 0; item < 50; item++) {
            Map<String, String> answers = new ShownAnswers("ann", List.of(side(item, 10)), "").to(STAGES);
            assertThat(answers.containsKey("faithful")).isEqualTo("yes".equals(answers.get("realistic")));
        }
    }
}
