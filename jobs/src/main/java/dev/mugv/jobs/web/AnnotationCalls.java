package dev.mugv.jobs.web;

import dev.mugv.jobs.batch.RunIdentity;
import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.Json;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.GivenLabel;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelItem;
import dev.mugv.steps.labels.LabelQueue;
import dev.mugv.steps.labels.LabelReader;
import dev.mugv.steps.labels.LabelStore.Outcome;
import jakarta.servlet.http.HttpServletRequest;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.dao.DataAccessException;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the annotation page's script asks for, and any other program that labels: the next item, its videos, a label, undo.
 * Answers are JSON; addresses of videos tell nothing of what made them.
 */
@RestController
final class AnnotationCalls {
    private static final Logger LOG = LoggerFactory.getLogger(AnnotationCalls.class);

    /** PostgreSQL's SQLSTATE. */
    private static final String DISK_FULL = "53100";

    private final AnnotationDesk desk;
    private final AnnotationSession sessions;
    private final RunDirectory runs;
    private final ShownSubjects subjects;

    AnnotationCalls(AnnotationDesk desk, RunDirectory runs, org.springframework.jdbc.core.simple.JdbcClient jdbc) {
        this.desk = desk;
        this.sessions = new AnnotationSession(desk.annotators());
        this.runs = runs;
        this.subjects = new ShownSubjects(jdbc);
    }

    /** What a label says, as it is sent. */
    record Answers(Map<String, String> answers) {}

    /** Nobody is logged in, or may label. */
    private static final class NotLoggedIn extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private String annotator(HttpServletRequest asked) {
        return sessions.annotator(asked).orElseThrow(NotLoggedIn::new);
    }

    private LabelBatch batch(String id) {
        return desk.store()
                .reader()
                .byId(id)
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot label in batch '%s': there is none of this id. See the list of labels.".formatted(id)));
    }

    private LabelItem item(String id) {
        return desk.store()
                .reader()
                .item(id)
                .orElseThrow(() -> new WorkFailure(
                        FailureKind.INVALID_REQUEST,
                        "Cannot label item '%s': there is none of this id. Ask for the next item.".formatted(id)));
    }

    @GetMapping("/annotate/batches/{id}/next")
    ResponseEntity<String> next(
            HttpServletRequest asked, @PathVariable String id, @RequestParam(defaultValue = "") String item) {
        LabelBatch batch = batch(id);
        LabelQueue queue = LabelQueue.of(desk.store().reader(), batch, annotator(asked));
        RunIdentity run = runs.require(batch.run());
        return json(AskedItem.of(queue, item, subject -> subjects.view(run, batch, subject)));
    }

    @PostMapping("/annotate/items/{id}/label")
    ResponseEntity<String> label(HttpServletRequest asked, @PathVariable String id, @RequestBody String body) {
        String annotator = annotator(asked);
        sessions.requireToken(asked);
        LabelBatch batch = batch(item(id).batchId());
        Answers given = answers(body);
        Outcome outcome = desk.store()
                .give(
                        batch,
                        new GivenLabel(
                                id,
                                annotator,
                                new TreeMap<>(given.answers()),
                                "page",
                                desk.clock().instant()));
        return json(Map.of("outcome", outcome == Outcome.ADDED ? "added" : "there-already"));
    }

    @PostMapping("/annotate/batches/{id}/undo")
    ResponseEntity<String> undo(HttpServletRequest asked, @PathVariable String id) {
        String annotator = annotator(asked);
        sessions.requireToken(asked);
        Optional<GivenLabel> withdrawn =
                desk.store().withdrawLast(batch(id), annotator, desk.clock().instant());
        return json(Map.of("item", withdrawn.map(GivenLabel::itemId).orElse("")));
    }

    @GetMapping("/annotate/items/{id}/{what}/{side}")
    ResponseEntity<Resource> shown(
            HttpServletRequest asked, @PathVariable String id, @PathVariable String what, @PathVariable int side) {
        annotator(asked);
        LabelItem item = item(id);
        LabelReader reader = desk.store().reader();
        LabelBatch batch = reader.byId(item.batchId()).orElseThrow();
        if (side < 1 || side > item.subjects().size()) {
            throw ShownSubjects.absent(item.itemId());
        }
        PublishedFiles.Found found = subjects.require(
                runs.require(batch.run()), batch, item.subjects().get(side - 1), ShownSubjects.What.of(what));
        return ResponseEntity.ok()
                .contentType(found.type())
                .cacheControl(CacheControl.noCache().cachePrivate())
                .body(new FileSystemResource(found.file()));
    }

    private static Answers answers(String body) {
        try {
            Answers read = Json.parse(body, Answers.class);
            return new Answers(read.answers() == null ? Map.of() : read.answers());
        } catch (RuntimeException malformed) {
            throw new WorkFailure(
                    FailureKind.INVALID_REQUEST,
                    "Cannot take the label: expected JSON such as {\"answers\": {\"realistic\": \"no\"}}, found something else. Send it again.",
                    malformed);
        }
    }

    @ExceptionHandler
    ResponseEntity<String> notLoggedIn(NotLoggedIn nobody) {
        return error(HttpStatus.UNAUTHORIZED, "Cannot label: you are not logged in. Log in at /annotate/login.");
    }

    @ExceptionHandler
    ResponseEntity<String> refused(WorkFailure failure) {
        return error(
                failure.kind() == FailureKind.INVALID_REQUEST ? HttpStatus.CONFLICT : HttpStatus.INTERNAL_SERVER_ERROR,
                failure.text());
    }

    @ExceptionHandler
    ResponseEntity<String> unanswered(DataAccessException failure) {
        LOG.warn("a label could not be kept", failure);
        boolean full =
                failure.getMostSpecificCause() instanceof SQLException cause && DISK_FULL.equals(cause.getSQLState());
        return error(
                HttpStatus.SERVICE_UNAVAILABLE,
                full
                        ? "Cannot keep this: the database has no room left on its disk. Tell whoever runs it, and give it again when there is room; nothing of it was kept."
                        : "Cannot ask the database: it did not answer. Give it again; if it stays so, tell whoever runs it.");
    }

    private static ResponseEntity<String> error(HttpStatus status, String message) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Json.text(Map.of("message", message)));
    }

    private static ResponseEntity<String> json(Object answer) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(Json.text(answer));
    }
}
