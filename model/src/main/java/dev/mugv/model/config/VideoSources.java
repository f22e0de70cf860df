package dev.mugv.model.config;

import java.nio.file.Path;

/**
 * The user's videos and what is allowed with them.
 *
 * @param folder searched with its subfolders
 * @param screening CSV with licence, consent and allowed use of every file; what it does not speak for is not used
 */
public record VideoSources(
        @MustExist(MustExist.Kind.FOLDER) Path folder,
        @MustExist(MustExist.Kind.FILE) Path screening) {}
