package dev.mugv.model.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A path that has to be there before a run starts; records know only values, so whoever binds the file looks. */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface MustExist {
    /** What has to be there. */
    Kind value();

    /** Kind of file. */
    enum Kind {
        FILE,
        FOLDER
    }
}
