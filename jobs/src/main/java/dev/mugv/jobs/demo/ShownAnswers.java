package dev.mugv.jobs.demo;

import dev.mugv.model.run.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a scripted annotator answers: a pure function of what is shown and of their name. Of two videos the one that takes fewer bytes,
 * which moves more calmly, is preferred; everything else is drawn by a hash of what is shown. In one answer of five they are of
 * another mind than the others.
 *
 * @param annotator their name
 * @param sides what is shown, left and right or one
 * @param text that is shown with it
 */
record ShownAnswers(String annotator, List<Side> sides, String text) {
    /** Of questions that pass or fail, and of those of yes and no. */
    private static final double PASS_SHARE = 0.85;

    private static final double YES_SHARE = 0.7;
    private static final double APART_SHARE = 0.2;

    ShownAnswers {
        sides = List.copyOf(sides);
    }

    /**
     * A video, or the picture in its place.
     *
     * @param sha256 of its bytes
     * @param span seconds of it that are shown, as the page says them
     */
    record Side(String sha256, long bytes, String span) {}

    /**
     * A question.
     *
     * @param asked the one that has to be answered with yes before; empty when it is always asked
     */
    record Question(String name, List<String> answers, String asked) {
        Question {
            answers = List.copyOf(answers);
        }
    }

    /** One answer to each question that is asked, given the answers before it. */
    Map<String, String> to(List<Question> questions) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (Question question : questions) {
            if (question.asked().isEmpty() || "yes".equals(answers.get(question.asked()))) {
                answers.put(question.name(), answer(question));
            }
        }
        return answers;
    }

    private String answer(Question question) {
        boolean apart = draw(question.name() + "\n" + annotator) < APART_SHARE;
        if (question.answers().contains("first")) {
            return apart ? any(question) : calmer();
        }
        String of = question.name() + (apart ? "\nof another mind\n" + annotator : "");
        if (question.answers().contains("pass")) {
            return draw(of) < PASS_SHARE ? "pass" : "fail";
        }
        if (question.answers().contains("yes")) {
            return draw(of) < YES_SHARE ? "yes" : "no";
        }
        throw new IllegalStateException("no answer is known to question " + question);
    }

    /** Told by bytes alone: which one stands on the left is an accident of the batch. */
    private String calmer() {
        long first = sides.get(0).bytes();
        long second = sides.get(1).bytes();
        return first == second ? "tie" : first < second ? "first" : "second";
    }

    /** The side that the hash names, not the place where it stands. */
    private String any(Question question) {
        double drawn = draw(question.name() + "\nof another mind\n" + annotator);
        if (drawn < APART_SHARE) {
            return "tie";
        }
        boolean lesserHash = drawn < (1 + APART_SHARE) / 2;
        boolean firstIsLesser = sides.get(0).sha256().compareTo(sides.get(1).sha256()) < 0;
        return lesserHash == firstIsLesser ? "first" : "second";
    }

    /** A number from 0 to 1 that what is shown decides. */
    private double draw(String purpose) {
        StringBuilder shown = new StringBuilder(text);
        sides.stream()
                .map(side -> side.sha256() + " " + side.span())
                .sorted()
                .forEach(side -> shown.append('\n').append(side));
        String hash = Sha256.of((shown + "\n" + purpose).getBytes(StandardCharsets.UTF_8));
        return Long.parseLong(hash.substring(0, 12), 16) / (double) (1L << 48);
    }
}
