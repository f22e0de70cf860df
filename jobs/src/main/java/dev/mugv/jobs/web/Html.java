package dev.mugv.jobs.web;

import j2html.tags.DomContent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Answers that are HTML. */
final class Html {
    private static final MediaType TYPE = new MediaType("text", "html", StandardCharsets.UTF_8);

    private Html() {}

    static ResponseEntity<String> answer(HttpStatus status, String html) {
        return ResponseEntity.status(status).contentType(TYPE).body(html);
    }

    /** A whole page, or only the part of it that changes, where a script asks for that. */
    static ResponseEntity<String> answer(Page page, Part part) {
        return switch (part) {
            case WHOLE -> answer(HttpStatus.OK, Layout.render(page));
            case LIVE -> answer(HttpStatus.OK, text(page.live()));
        };
    }

    static ResponseEntity<String> answer(Page page) {
        return answer(page, Part.WHOLE);
    }

    private static String text(List<DomContent> content) {
        StringBuilder text = new StringBuilder();
        content.forEach(each -> text.append(each.render()));
        return text.toString();
    }

    /** Which part of a page is asked for, by the parameter {@code part}. */
    enum Part {
        WHOLE,
        LIVE;

        static Part of(String word) {
            return word.equals("live") ? LIVE : WHOLE;
        }
    }
}
