package dev.mugv.model.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The controller's PostgreSQL: embedded unless a server's URL is given. Many components because two roles have their
 * credentials here.
 *
 * @param url of a server, {@code jdbc:postgresql://host:port/database}
 * @param user role on that server that mugv works under
 * @param passwordFile file with its password on the first line
 * @param passwordVariable environment variable with the password, used when no file is given
 * @param owner role on that server that owns the tables and brings them to a new build's schema; without it another person
 *     does so by {@code mugv db migrate}
 * @param ownerPasswordFile file with its password on the first line
 * @param ownerPasswordVariable environment variable with the password, used when no file is given
 * @param separation whether {@code user} may be a role that can change the audit log
 * @param folder where the embedded server keeps its data, on local disk; a folder for each workspace by default
 */
public record DatabaseConfiguration(
        Optional<String> url,
        @Default("mugv") String user,
        @MustExist(MustExist.Kind.FILE) Optional<Path> passwordFile,
        @Default("MUGV_DATABASE_PASSWORD") String passwordVariable,
        Optional<String> owner,
        @MustExist(MustExist.Kind.FILE) Optional<Path> ownerPasswordFile,
        @Default("MUGV_DATABASE_OWNER_PASSWORD") String ownerPasswordVariable,
        @Default("required") RoleSeparation separation,
        Optional<Path> folder) {
    public DatabaseConfiguration {
        new Faults()
                .require(
                        url.isEmpty() || url.get().startsWith("jdbc:postgresql:"),
                        "url",
                        "expected jdbc:postgresql://host:port/database, found '" + url.orElse("") + "'")
                .require(url.isEmpty() || folder.isEmpty(), "folder", "expected absent beside database.url")
                .require(
                        url.isPresent() || owner.isEmpty(),
                        "owner",
                        "expected absent without database.url: the embedded server has its own roles")
                .throwIfAny();
    }
}
