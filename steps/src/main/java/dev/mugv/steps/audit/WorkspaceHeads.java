package dev.mugv.steps.audit;

import dev.mugv.model.run.ArtifactKey;
import dev.mugv.model.run.TaskKind;
import dev.mugv.steps.audit.AuditFinding.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The heads beside the checkpoints of every workspace that a database knows of. */
public final class WorkspaceHeads {
    private final JdbcClient jdbc;

    public WorkspaceHeads(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * What was found.
     *
     * @param heads that could be read
     * @param findings files that are not there, or cannot be read
     * @param unreachable workspaces that are not there, of which nothing can be said
     */
    public record Found(List<HeadFiles.Located> heads, List<AuditFinding> findings, Set<Path> unreachable) {}

    /**
     * Looks into all of them.
     *
     * @param own the workspace of the run that is asked about, whether or not the database knows it
     */
    public Found find(Path own) {
        Set<Path> unreachable = new TreeSet<>();
        List<HeadFiles.Located> heads = new ArrayList<>();
        List<AuditFinding> findings = new ArrayList<>();
        for (Path workspace : workspaces(own)) {
            if (!Files.isDirectory(workspace)) {
                unreachable.add(workspace);
                continue;
            }
            HeadFiles.Found found = new HeadFiles(workspace).all();
            heads.addAll(found.heads());
            found.unreadable().forEach(text -> findings.add(new AuditFinding(Kind.NO_FILE, 0, -1, text)));
        }
        findings.addAll(missing(unreachable));
        return new Found(heads, findings, unreachable);
    }

    private Set<Path> workspaces(Path own) {
        Set<Path> all = new TreeSet<>();
        all.add(own.toAbsolutePath().normalize());
        jdbc.sql("""
                        SELECT workspace FROM published_checkpoint
                        UNION SELECT parameter_value FROM batch_job_execution_params WHERE parameter_name = 'workspace'""").query(String.class).list().forEach(path -> all.add(Path.of(path)));
        return all;
    }

    private List<AuditFinding> missing(Set<Path> unreachable) {
        List<AuditFinding> findings = new ArrayList<>();
        jdbc.sql("SELECT DISTINCT run_name, workspace, task, artifact_key FROM published_checkpoint ORDER BY 1, 4")
                .query((row, number) -> {
                    Path workspace = Path.of(row.getString(2));
                    Path file = new HeadFiles(workspace)
                            .file(TaskKind.valueOf(row.getString(3)), new ArtifactKey(row.getString(4)));
                    if (!unreachable.contains(workspace) && !Files.exists(file)) {
                        findings.add(new AuditFinding(
                                Kind.NO_FILE,
                                0,
                                -1,
                                ("expected '%s' beside a checkpoint that run '%s' published, found nothing (if its controller was"
                                                + " killed just then, the run's next command writes it)")
                                        .formatted(file, row.getString(1))));
                    }
                    return file;
                })
                .list();
        return findings;
    }
}
