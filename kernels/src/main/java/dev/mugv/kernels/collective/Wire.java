package dev.mugv.kernels.collective;

import java.util.List;
import java.util.Optional;

/** What carries messages between processes; used under the lock of its {@link MessageWorld}. */
interface Wire extends AutoCloseable {
    /** This process in the world. */
    int rank();

    /** Processes of the world. */
    int size();

    /** Starts the messages of a round, all of which are under way together. */
    void launch(List<Message> round);

    /**
     * Looks for the end of a message and marks it done.
     *
     * @return what is wrong with it when it is not what was expected, in bytes found
     */
    Optional<String> look(Message message);

    /** Tells the others, as well as it goes, that this process gives up. */
    void tell(CollectiveFailure failure);

    /** Whether another one has told so. */
    Optional<CollectiveFailure> hear();

    /** Ends in order. Not called after a failure. */
    @Override
    void close();

    /** Ends what is under way after a failure. */
    default void abandon() {}
}
