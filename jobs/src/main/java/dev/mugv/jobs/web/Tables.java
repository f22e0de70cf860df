package dev.mugv.jobs.web;

import static j2html.TagCreator.a;
import static j2html.TagCreator.caption;
import static j2html.TagCreator.code;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.nav;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;
import static j2html.TagCreator.table;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import j2html.tags.DomContent;
import j2html.tags.specialized.TdTag;
import j2html.tags.specialized.ThTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pieces that several pages are made of. */
final class Tables {
    private static final int SHORT_HASH = 16;

    private Tables() {}

    /** A table that can be scrolled where it is wider than the window; a heading that begins with # is one of numbers. */
    static DomContent of(String caption, List<String> headings, List<? extends DomContent> rows) {
        return div(table(caption(caption), thead(tr(each(headings, heading -> heading(heading)))), tbody().with(rows)))
                .withClass("scrolling")
                .attr("tabindex", "0")
                .attr("role", "region")
                .attr("aria-label", caption);
    }

    private static ThTag heading(String text) {
        boolean number = text.startsWith("#");
        ThTag cell = th(number ? text.substring(1) : text).attr("scope", "col");
        return number ? cell.withClass("number") : cell;
    }

    static ThTag name(DomContent content) {
        return th(content).attr("scope", "row");
    }

    static TdTag number(String text) {
        return td(text).withClass("number");
    }

    static DomContent section(String id, String heading, List<? extends DomContent> content) {
        return j2html.TagCreator.section(h2(heading).withId(id + "-heading"))
                .withId(id)
                .attr("aria-labelledby", id + "-heading")
                .with(content);
    }

    static DomContent note(String text) {
        return p(text).withClass("note");
    }

    /** A hash as far as people compare it. */
    static DomContent hash(String value) {
        return code(value.substring(0, Math.min(SHORT_HASH, value.length()))).attr("title", value);
    }

    /** A state as a coloured word: {@code COMPLETED}, {@code FAILED}, ... */
    static DomContent state(String name) {
        String tone = switch (name) {
            case "COMPLETED", "SUCCEEDED", "kept" -> "good";
            case "FAILED", "SUSPECT", "UNKNOWN", "INTERRUPTED" -> "bad";
            case "STARTED", "STARTING", "RUNNING", "STOPPING", "OPEN" -> "busy";
            default -> "calm";
        };
        return span(words(name)).withClass("state " + tone);
    }

    static String words(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ').replace('-', ' ');
    }

    /**
     * Links to the pages of a long list; empty where one page holds it.
     *
     * @param path without the number of the page
     * @param page from 1
     */
    static List<DomContent> pager(String path, long total, int size, int page) {
        long pages = (total + size - 1) / size;
        if (pages <= 1) {
            return List.of();
        }
        List<DomContent> links = new ArrayList<>();
        if (page > 1) {
            links.add(
                    a("Previous").withHref(Links.query(path, "page", page - 1)).attr("rel", "prev"));
        }
        links.add(span("page %,d of %,d".formatted(page, pages)));
        if (page < pages) {
            links.add(a("Next").withHref(Links.query(path, "page", page + 1)).attr("rel", "next"));
        }
        return List.of(
                nav().withClass("pager").attr("aria-label", "Pages of the list").with(links));
    }

    /** The page that is asked for, where there is one of this number. */
    static <T> List<T> page(List<T> all, int size, int page) {
        int from = Math.max(0, Math.min(all.size(), (Math.max(1, page) - 1) * size));
        return all.subList(from, Math.min(all.size(), from + size));
    }
}
