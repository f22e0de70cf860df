package dev.mugv.steps.work;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every change of state in one line with its ids, to the log and to the listener. */
final class Transitions {
    private static final Logger LOG = LoggerFactory.getLogger("dev.mugv.steps.work");

    private final WorkListener listener;

    Transitions(WorkListener listener) {
        this.listener = listener;
    }

    /** A change that is as it should be. */
    void note(StepScope scope, String format, Object... values) {
        String line = line(scope, format, values);
        LOG.info("{}", line);
        listener.changed(scope, line);
    }

    /** A change that a person may have to act on. */
    void warn(StepScope scope, String format, Object... values) {
        String line = line(scope, format, values);
        LOG.warn("{}", line);
        listener.changed(scope, line);
    }

    private static String line(StepScope scope, String format, Object... values) {
        return "run=" + scope.runName() + " step=" + scope.stepName() + " "
                + String.format(Locale.ROOT, format, values);
    }
}
