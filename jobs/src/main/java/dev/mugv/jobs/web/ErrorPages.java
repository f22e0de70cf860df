package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;

import dev.mugv.model.run.FailureKind;
import dev.mugv.model.run.WorkFailure;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** What cannot be shown, in the form of the project's messages; causes go to the log, never to a page. */
@RestControllerAdvice
final class ErrorPages {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPages.class);

    @ExceptionHandler
    ResponseEntity<String> absent(NoSuchPage absent) {
        return page(HttpStatus.NOT_FOUND, absent.text());
    }

    @ExceptionHandler({NoHandlerFoundException.class, NoResourceFoundException.class})
    ResponseEntity<String> unknown(HttpServletRequest asked) {
        return page(
                HttpStatus.NOT_FOUND,
                "Cannot show '%s': there is no such page. See the list of runs.".formatted(asked.getRequestURI()));
    }

    @ExceptionHandler
    ResponseEntity<String> malformed(MethodArgumentTypeMismatchException malformed) {
        return page(
                HttpStatus.BAD_REQUEST,
                "Cannot show this page: expected a number as '%s', found '%s'. Correct the address."
                        .formatted(malformed.getName(), malformed.getValue()));
    }

    @ExceptionHandler
    ResponseEntity<String> incomplete(MissingServletRequestParameterException incomplete) {
        return page(
                HttpStatus.BAD_REQUEST,
                "Cannot show this page: expected '%s' in its address, found none. Come by a link of another page."
                        .formatted(incomplete.getParameterName()));
    }

    @ExceptionHandler
    ResponseEntity<String> failed(WorkFailure failure) {
        HttpStatus status = failure.kind() == FailureKind.INVALID_REQUEST
                ? HttpStatus.BAD_REQUEST
                : failure.kind() == FailureKind.TRANSIENT
                        ? HttpStatus.SERVICE_UNAVAILABLE
                        : HttpStatus.INTERNAL_SERVER_ERROR;
        LOG.warn("refused", failure);
        return page(status, failure.text());
    }

    @ExceptionHandler
    ResponseEntity<String> silent(DataAccessException failure) {
        LOG.warn("the database did not answer", failure);
        return page(
                HttpStatus.SERVICE_UNAVAILABLE,
                "Cannot ask the database: it did not answer. Load the page again; if it stays so, see 'mugv db status'.");
    }

    /** Also ends what a browser has left while it was sent to: nobody is there to read an answer. */
    @ExceptionHandler
    ResponseEntity<String> left(IOException failure) {
        LOG.debug("a reader left", failure);
        return page(HttpStatus.INTERNAL_SERVER_ERROR, "Cannot show this page: it could not be sent. Load it again.");
    }

    @ExceptionHandler
    ResponseEntity<String> defect(RuntimeException failure) {
        LOG.error("a page failed", failure);
        return page(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "Cannot show this page: unexpected %s. See logs/web.log in the workspace and report what it shows."
                        .formatted(failure.getClass().getSimpleName()));
    }

    private static ResponseEntity<String> page(HttpStatus status, String message) {
        Page page = Page.titled(status.value() + " " + status.getReasonPhrase())
                .with(List.of(
                        pre(message).withClass("message").attr("role", "alert"),
                        p(a("All runs").withHref("/"))));
        return Html.answer(status, Layout.render(page));
    }
}
