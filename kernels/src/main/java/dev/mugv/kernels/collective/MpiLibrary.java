package dev.mugv.kernels.collective;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.mugv.kernels.collective.CollectiveFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The few calls of Open MPI that {@link MpiCommunicator} is made of, through its C interface. */
final class MpiLibrary {
    /** Debian 12's, of Open MPI 4. */
    static final String NAME = "libmpi.so.40";

    /** Its plugins look for symbols of the library that loads them: RTLD_NOW and RTLD_GLOBAL. */
    private static final int OPEN_FLAGS = 0x102;

    private static final int THREAD_SERIALIZED = 2;
    private static final int ERROR_TEXT_BYTES = 256;
    private static final int TRUNCATED = 15;
    /** Room for an {@code MPI_Status}. */
    static final int STATUS_BYTES = 64;

    static final int ANY_SOURCE = -1;

    /** As in {@code mpi.h}; a handle is a pointer. */
    interface Calls extends Library {
        int MPI_Initialized(IntByReference flag);

        int MPI_Init_thread(@Nullable Pointer argc, @Nullable Pointer argv, int required, IntByReference provided);

        int MPI_Finalize();

        int MPI_Comm_size(Pointer comm, IntByReference size);

        int MPI_Comm_rank(Pointer comm, IntByReference rank);

        int MPI_Comm_set_errhandler(Pointer comm, Pointer handler);

        int MPI_Isend(
                Pointer buffer, int count, Pointer type, int to, int tag, Pointer comm, PointerByReference request);

        int MPI_Irecv(
                Pointer buffer, int count, Pointer type, int from, int tag, Pointer comm, PointerByReference request);

        int MPI_Test(PointerByReference request, IntByReference flag, Pointer status);

        int MPI_Get_count(Pointer status, Pointer type, IntByReference count);

        int MPI_Error_string(int code, Pointer text, IntByReference length);
    }

    private final Calls calls;
    private final Pointer world;
    private final Pointer bytes;
    private final Pointer errorsReturn;

    private MpiLibrary(Calls calls, NativeLibrary library) {
        this.calls = calls;
        this.world = library.getGlobalVariableAddress("ompi_mpi_comm_world");
        this.bytes = library.getGlobalVariableAddress("ompi_mpi_byte");
        this.errorsReturn = library.getGlobalVariableAddress("ompi_mpi_errors_return");
    }

    /**
     * @throws CollectiveFailure naming the library when it is not there
     */
    static MpiLibrary load(String name) {
        try {
            Map<String, Object> options = Map.of(Library.OPTION_OPEN_FLAGS, OPEN_FLAGS);
            Calls calls = Native.load(name, Calls.class, options);
            return new MpiLibrary(calls, NativeLibrary.getInstance(name, options));
        } catch (UnsatisfiedLinkError e) {
            throw new CollectiveFailure(
                    Reason.LIBRARY,
                    List.of(),
                    "Cannot use MPI: expected Open MPI 4 as '%s', found none that loads (%s). Install it on every node (Debian: libopenmpi3, openmpi-bin), or choose another communicator."
                            .formatted(name, e.getMessage()),
                    e);
        }
    }

    Calls calls() {
        return calls;
    }

    Pointer world() {
        return world;
    }

    Pointer bytes() {
        return bytes;
    }

    /** Returns when every process of the world has come here. */
    void initialise() {
        require(calls.MPI_Init_thread(null, null, THREAD_SERIALIZED, new IntByReference()), "start MPI");
        // Otherwise an error ends the process without a word of ours.
        require(calls.MPI_Comm_set_errhandler(world, errorsReturn), "set MPI's error handler");
    }

    int size() {
        IntByReference size = new IntByReference();
        require(calls.MPI_Comm_size(world, size), "ask MPI for the number of ranks");
        return size.getValue();
    }

    int rank() {
        IntByReference rank = new IntByReference();
        require(calls.MPI_Comm_rank(world, rank), "ask MPI for this rank");
        return rank.getValue();
    }

    /** Whether an error says that a message was longer than its receiver expects. */
    static boolean isTruncation(int code) {
        return code == TRUNCATED;
    }

    /** Throws unless a call has succeeded. */
    void require(int code, String verb) {
        if (code != 0) {
            throw new CollectiveFailure(
                    Reason.LIBRARY,
                    List.of(),
                    "Cannot %s: MPI says '%s'. See the log for its own words.".formatted(verb, text(code)),
                    null);
        }
    }

    private String text(int code) {
        try (com.sun.jna.Memory text = new com.sun.jna.Memory(ERROR_TEXT_BYTES)) {
            IntByReference length = new IntByReference();
            calls.MPI_Error_string(code, text, length);
            return new String(text.getByteArray(0, length.getValue()), StandardCharsets.US_ASCII);
        }
    }
}
