package dev.mugv.jobs.web;

import j2html.tags.DomContent;
import java.util.List;
import java.util.Optional;

/**
 * A page before it is laid out.
 *
 * @param title also the heading
 * @param run whose page it is, for its tabs
 * @param tab which of them it is, or of the places that all pages lead to; empty for none
 * @param livePath where the live part is asked for again; absent where nothing changes
 * @param live what changes while one looks at it
 * @param content what does not
 */
record Page(
        String title,
        Optional<String> run,
        String tab,
        Optional<String> livePath,
        List<DomContent> live,
        List<DomContent> content) {
    Page {
        live = List.copyOf(live);
        content = List.copyOf(content);
    }

    static Page titled(String title) {
        return new Page(title, Optional.empty(), "", Optional.empty(), List.of(), List.of());
    }

    /** The same as one of a run's pages. */
    Page of(String runName, String itsTab) {
        return new Page(title, Optional.of(runName), itsTab, livePath, live, content);
    }

    /** The same as one of the places that all pages lead to. */
    Page at(String place) {
        return new Page(title, Optional.empty(), place, livePath, live, content);
    }

    /** The same with a part that is kept up to date; it stands before the rest. */
    Page live(String path, List<DomContent> changing) {
        return new Page(title, run, tab, Optional.of(path), changing, content);
    }

    Page with(List<? extends DomContent> fixed) {
        return new Page(title, run, tab, livePath, live, List.copyOf(fixed));
    }
}
