package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.button;
import static j2html.TagCreator.div;
import static j2html.TagCreator.form;
import static j2html.TagCreator.input;
import static j2html.TagCreator.label;
import static j2html.TagCreator.p;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.tr;

import dev.mugv.model.run.WorkFailure;
import dev.mugv.steps.labels.Annotators;
import dev.mugv.steps.labels.Annotators.CredentialKind;
import dev.mugv.steps.labels.BatchProgress;
import dev.mugv.steps.labels.LabelBatch;
import dev.mugv.steps.labels.LabelQueue;
import dev.mugv.steps.labels.LabelReader;
import j2html.tags.DomContent;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Logging in, choosing a password, and the pages on which labels are given. */
@RestController
final class AnnotationPages {
    private static final String PLACE = "/annotate";
    private static final String LOGIN = "/annotate/login";
    private static final String PASSWORD = "/annotate/password";

    private final AnnotationDesk desk;
    private final AnnotationSession sessions;
    private final LoginThrottle throttle;
    private final RunDirectory runs;

    AnnotationPages(AnnotationDesk desk, RunDirectory runs) {
        this.desk = desk;
        this.sessions = new AnnotationSession(desk.annotators());
        this.throttle = new LoginThrottle(desk.clock());
        this.runs = runs;
    }

    @GetMapping(PLACE)
    ResponseEntity<String> batches(HttpServletRequest asked) {
        Optional<String> annotator = sessions.annotator(asked);
        if (annotator.isEmpty()) {
            return turnedAway(asked);
        }
        LabelReader reader = desk.store().reader();
        List<DomContent> rows = new ArrayList<>();
        for (String run : runs.all().stream()
                .map(dev.mugv.jobs.batch.RunIdentity::name)
                .distinct()
                .toList()) {
            for (LabelBatch batch : reader.batches(run)) {
                BatchProgress progress =
                        LabelQueue.of(reader, batch, annotator.get()).progress();
                rows.add(tr(
                        Tables.name(a(batch.name()).withHref(batchPath(batch))),
                        td(run),
                        td(batch.kind().label()),
                        Tables.number("%d of %d".formatted(progress.given(), progress.total()))));
            }
        }
        List<DomContent> parts = new ArrayList<>();
        parts.add(
                rows.isEmpty()
                        ? p("There is nothing to label. 'mugv labels open' makes a batch.")
                        : Tables.of(
                                "Choose one; what you have labelled stays when you leave.",
                                List.of("Labels", "Run", "Questions", "#Labelled by you"),
                                rows));
        parts.add(leave(asked, annotator.get()));
        return Html.answer(page("Label").with(parts));
    }

    @GetMapping("/annotate/batches/{id}")
    ResponseEntity<String> batch(HttpServletRequest asked, @PathVariable String id) {
        Optional<String> annotator = sessions.annotator(asked);
        if (annotator.isEmpty()) {
            return turnedAway(asked);
        }
        LabelBatch batch = desk.store()
                .reader()
                .byId(id)
                .orElseThrow(() -> new NoSuchPage(
                        "labels '%s'".formatted(id), "there are none of this id. See the list of labels."));
        List<DomContent> parts = List.of(
                div().withId("label-desk")
                        .attr("data-batch", batchPath(batch))
                        .attr("data-csrf", sessions.token(asked)),
                p(a("All labels").withHref(PLACE)));
        return Html.answer(page("Label: " + batch.name()).script("label.js").with(parts));
    }

    @GetMapping(LOGIN)
    ResponseEntity<String> login(HttpServletRequest asked) {
        return loginPage(asked, HttpStatus.OK, "");
    }

    @PostMapping(LOGIN)
    ResponseEntity<String> logIn(HttpServletRequest asked, @RequestParam String name, @RequestParam String password) {
        sessions.requireToken(asked);
        Optional<Duration> wait = throttle.delay(name, asked.getRemoteAddr());
        if (wait.isPresent()) {
            return loginPage(
                    asked,
                    HttpStatus.TOO_MANY_REQUESTS,
                    "Cannot log in: expected fewer wrong passwords. Wait %d s and try again."
                            .formatted(wait.get().toSeconds() + 1));
        }
        Optional<CredentialKind> kind = desk.annotators().check(name, password);
        if (kind.isEmpty()) {
            throttle.failed(name, asked.getRemoteAddr());
            return loginPage(
                    asked,
                    HttpStatus.FORBIDDEN,
                    "Cannot log in: expected name and password of an annotator, found others. Try again, or ask who invited you.");
        }
        throttle.succeeded(name);
        sessions.begin(asked, name, kind.get());
        return goTo(kind.get() == CredentialKind.INVITATION ? PASSWORD : PLACE);
    }

    @GetMapping(PASSWORD)
    ResponseEntity<String> password(HttpServletRequest asked) {
        return sessions.login(asked).isEmpty() ? goTo(LOGIN) : passwordPage(asked, HttpStatus.OK, "");
    }

    @PostMapping(PASSWORD)
    ResponseEntity<String> choosePassword(HttpServletRequest asked, @RequestParam String password) {
        sessions.requireToken(asked);
        Optional<AnnotationSession.Login> login = sessions.login(asked);
        if (login.isEmpty()) {
            return goTo(LOGIN);
        }
        try {
            desk.annotators().choosePassword(login.get().name(), password);
        } catch (WorkFailure refused) {
            return passwordPage(asked, HttpStatus.BAD_REQUEST, refused.text());
        }
        sessions.begin(asked, login.get().name(), CredentialKind.PASSWORD);
        return goTo(PLACE);
    }

    @PostMapping("/annotate/logout")
    ResponseEntity<String> logOut(HttpServletRequest asked) {
        sessions.requireToken(asked);
        sessions.end(asked);
        return goTo(LOGIN);
    }

    private ResponseEntity<String> turnedAway(HttpServletRequest asked) {
        return goTo(sessions.login(asked).isPresent() ? PASSWORD : LOGIN);
    }

    private static ResponseEntity<String> goTo(String path) {
        return ResponseEntity.status(HttpStatus.SEE_OTHER)
                .location(URI.create(path))
                .build();
    }

    private ResponseEntity<String> loginPage(HttpServletRequest asked, HttpStatus status, String message) {
        return formPage(
                status,
                "Log in",
                message,
                form().withAction(LOGIN)
                        .withMethod("post")
                        .withClass("entry")
                        .with(
                                token(asked),
                                field("Name", input().withName("name").attr("autocomplete", "username")),
                                field(
                                        "Password",
                                        input().withName("password")
                                                .withType("password")
                                                .attr("autocomplete", "current-password")),
                                button("Log in").withType("submit")));
    }

    private ResponseEntity<String> passwordPage(HttpServletRequest asked, HttpStatus status, String message) {
        return formPage(
                status,
                "Choose a password",
                message,
                form().withAction(PASSWORD)
                        .withMethod("post")
                        .withClass("entry")
                        .with(
                                token(asked),
                                field(
                                        "Your own password, %d characters or more".formatted(Annotators.MIN_PASSWORD),
                                        input().withName("password")
                                                .withType("password")
                                                .attr("autocomplete", "new-password")),
                                button("Use it").withType("submit")));
    }

    private static ResponseEntity<String> formPage(
            HttpStatus status, String title, String message, DomContent content) {
        List<DomContent> parts = new ArrayList<>();
        if (!message.isEmpty()) {
            parts.add(p(message).withClass("message bad").attr("role", "alert"));
        }
        parts.add(content);
        return Html.answer(status, Layout.render(page(title).with(parts)));
    }

    private DomContent leave(HttpServletRequest asked, String annotator) {
        return form().withAction("/annotate/logout")
                .withMethod("post")
                .withClass("entry")
                .with(token(asked), button("Log out " + annotator).withType("submit"));
    }

    private DomContent token(HttpServletRequest asked) {
        return input().withType("hidden").withName("csrf").withValue(sessions.token(asked));
    }

    private static DomContent field(String name, DomContent control) {
        return label(text(name), control);
    }

    private static Page page(String title) {
        return Page.titled(title).writing();
    }

    private static String batchPath(LabelBatch batch) {
        return "/annotate/batches/" + batch.batchId();
    }
}
