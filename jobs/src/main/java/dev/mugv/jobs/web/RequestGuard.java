package dev.mugv.jobs.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;

/**
 * Stands before every page: answers only questions, but for the pages with a login where they are served, only under names of this machine where it is bound to loopback (a foreign
 * page whose name was made to point here would otherwise read ours), and says to browsers what a page may do.
 */
final class RequestGuard implements Filter {
    private static final String POLICY = "default-src 'self'; img-src 'self'; media-src 'self'; style-src 'self';"
            + " script-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self';"
            + " frame-ancestors 'none'";
    private static final Set<String> QUESTIONS = Set.of("GET", "HEAD");
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Endpoint endpoint;
    private final ObjectProvider<AnnotationDesk> desk;

    RequestGuard(Endpoint endpoint, ObjectProvider<AnnotationDesk> desk) {
        this.endpoint = endpoint;
        this.desk = desk;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest asked = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        answer.setHeader("Content-Security-Policy", POLICY);
        answer.setHeader("X-Content-Type-Options", "nosniff");
        answer.setHeader("X-Frame-Options", "DENY");
        answer.setHeader("Referrer-Policy", "same-origin");
        answer.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        answer.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        answer.setHeader("Cache-Control", "no-store");
        if (!QUESTIONS.contains(asked.getMethod()) && !isLabelling(asked)) {
            answer.setHeader("Allow", "GET, HEAD");
            refuse(
                    answer,
                    HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                    "Cannot do '%s': these pages only answer questions. Use GET, or the command line."
                            .formatted(asked.getMethod()));
        } else if (endpoint.isLoopback() && !LOOPBACK_NAMES.contains(host(asked))) {
            refuse(
                    answer,
                    HttpServletResponse.SC_FORBIDDEN,
                    "Cannot answer: expected a request to localhost or 127.0.0.1, found one to another name. Use %s."
                            .formatted(endpoint.url()));
        } else {
            chain.doFilter(request, response);
        }
    }

    /** What its pages let through is their own to decide, by session and token. */
    private boolean isLabelling(HttpServletRequest asked) {
        return asked.getMethod().equals("POST")
                && asked.getRequestURI().startsWith("/annotate/")
                && desk.getIfAvailable() != null;
    }

    /** The name without its port, which differs behind a tunnel. */
    private static String host(HttpServletRequest asked) {
        String host = String.valueOf(asked.getHeader("Host")).toLowerCase(java.util.Locale.ROOT);
        return host.replaceFirst(":\\d+$", "");
    }

    private static void refuse(HttpServletResponse answer, int status, String message) throws IOException {
        answer.setStatus(status);
        answer.setContentType("text/plain;charset=UTF-8");
        answer.getWriter().println(message);
    }
}
