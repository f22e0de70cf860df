package dev.mugv.slurm.command;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs programs on this machine, as a login node does. */
public final class LocalCommandRunner implements CommandRunner {
    /** More than any answer for 100,000 elements; a program that says more is out of control. */
    private static final int MAX_ANSWER_BYTES = 256 << 20;

    private static final Duration AFTER_END = Duration.ofSeconds(5);

    @Override
    public CommandResult run(List<String> command, Duration limit) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new CommandResult.NoAnswer("'" + command.get(0) + "' could not be started: " + e.getMessage());
        }
        CompletableFuture<String> out = read(process.getInputStream());
        CompletableFuture<String> err = read(process.getErrorStream());
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new CommandResult.NoAnswer("no end within " + limit.toSeconds() + " s");
            }
            // A descendant may hold the pipes open; what the program itself said is there by then.
            return new CommandResult.Finished(
                    process.exitValue(),
                    out.get(AFTER_END.toMillis(), TimeUnit.MILLISECONDS),
                    err.get(AFTER_END.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new CommandResult.NoAnswer("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return new CommandResult.NoAnswer("its answer could not be read: " + e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (stream) {
                        byte[] bytes = stream.readNBytes(MAX_ANSWER_BYTES);
                        if (bytes.length == MAX_ANSWER_BYTES) {
                            throw new IOException("more than " + MAX_ANSWER_BYTES + " bytes");
                        }
                        text.complete(new String(bytes, StandardCharsets.UTF_8));
                    } catch (IOException e) {
                        text.completeExceptionally(new CompletionException(e));
                    }
                },
                "command-output");
        reader.setDaemon(true);
        reader.start();
        return text;
    }
}
