package dev.mugv.model.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a configuration file need not say: the component's value, written as in the file. A component without it must be
 * given, unless it is an {@code Optional} or a record all of whose components have defaults.
 */
@Documented
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Default {
    /** The value as YAML. */
    String value();
}
