package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The controller's PostgreSQL: embedded unless a server's URL is given.
 *
 * @param url of a server, {@code jdbc:postgresql://host:port/database}
 * @param user role on that server
 * @param passwordFile file with the password on its first line
 * @param passwordVariable environment variable with the password, used when no file is given
 * @param folder where the embedded server keeps its data, on local disk; a folder for each workspace by default
 */
public record DatabaseConfiguration(
        Optional<String> url,
        @Default("mugv") String user,
        @MustExist(MustExist.Kind.FILE) Optional<Path> passwordFile,
        @Default("MUGV_DATABASE_PASSWORD") String passwordVariable,
        Optional<Path> folder) {
    public DatabaseConfiguration {
        new Faults()
                .require(
                        url.isEmpty() || url.get().startsWith("jdbc:postgresql:"),
                        "url",
                        "expected jdbc:postgresql://host:port/database, found '" + url.orElse("") + "'")
                .require(url.isEmpty() || folder.isEmpty(), "folder", "expected absent beside database.url")
                .throwIfAny();
    }
}
