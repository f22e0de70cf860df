package dev.mugv.steps.report;

import static j2html.TagCreator.a;
import static j2html.TagCreator.body;
import static j2html.TagCreator.document;
import static j2html.TagCreator.head;
import static j2html.TagCreator.html;
import static j2html.TagCreator.meta;
import static j2html.TagCreator.rawHtml;
import static j2html.TagCreator.tag;
import static j2html.TagCreator.title;

import j2html.tags.DomContent;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * One HTML page that needs neither a network nor scripts.
 *
 * <p>Every text goes through j2html, which escapes it; the only raw HTML is this project's own style sheet. As a second
 * fence the page's own policy forbids scripts, so that not even a caption that slipped through could run one.
 */
final class HtmlPage {
    private static final String POLICY = "script-src 'none'; object-src 'none'; connect-src 'none'; base-uri 'none'";

    private HtmlPage() {}

    /**
     * The page's text.
     *
     * @param content header, main part and footer; the main part has the id {@code content}
     */
    static String render(String title, DomContent... content) {
        return document(html().attr("lang", "en")
                .with(
                        head(
                                meta().attr("charset", "utf-8"),
                                meta().attr("name", "viewport").attr("content", "width=device-width, initial-scale=1"),
                                meta().attr("http-equiv", "Content-Security-Policy")
                                        .attr("content", POLICY),
                                meta().attr("name", "color-scheme").attr("content", "light dark"),
                                title(title),
                                tag("style").with(rawHtml(styleSheet()))),
                        body(a("Skip to the content").attr("href", "#content").withClass("skip"))
                                .with(content)));
    }

    static String styleSheet() {
        try (InputStream in = HtmlPage.class.getResourceAsStream("report.css")) {
            return new String(
                    Objects.requireNonNull(in, "report.css is missing from the jar")
                            .readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
