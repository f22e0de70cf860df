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
 * @param script of the project's own that the page needs; absent for most
 * @param use whether it only shows
 */
record Page(
        String title,
        Optional<String> run,
        String tab,
        Optional<String> livePath,
        List<DomContent> live,
        List<DomContent> content,
        Optional<String> script,
        Use use) {
    Page {
        live = List.copyOf(live);
        content = List.copyOf(content);
    }

    static Page titled(String title) {
        return new Page(
                title, Optional.empty(), "", Optional.empty(), List.of(), List.of(), Optional.empty(), Use.READING);
    }

    /** The same as one of a run's pages. */
    Page of(String runName, String itsTab) {
        return new Page(title, Optional.of(runName), itsTab, livePath, live, content, script, use);
    }

    /** The same as one of the places that all pages lead to. */
    Page at(String place) {
        return new Page(title, Optional.empty(), place, livePath, live, content, script, use);
    }

    /** The same with a part that is kept up to date; it stands before the rest. */
    Page live(String path, List<DomContent> changing) {
        return new Page(title, run, tab, Optional.of(path), changing, content, script, use);
    }

    Page with(List<? extends DomContent> fixed) {
        return new Page(title, run, tab, livePath, live, List.copyOf(fixed), script, use);
    }

    /** The same with a script of the project's own. */
    Page script(String name) {
        return new Page(title, run, tab, livePath, live, content, Optional.of(name), use);
    }

    /** The same as one on which something is changed. */
    Page writing() {
        return new Page(title, run, tab, livePath, live, content, script, Use.WRITING);
    }

    /** Whether a page only shows. */
    enum Use {
        READING,
        WRITING
    }
}
