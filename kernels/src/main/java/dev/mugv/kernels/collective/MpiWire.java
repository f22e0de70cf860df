package dev.mugv.kernels.collective;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Messages of MPI. */
final class MpiWire implements Wire {
    /** Below every group's tags. */
    private static final int FAILURE_TAG = 1;

    private static final int FAILURE_BYTES = 4096;

    private final MpiLibrary mpi;
    private final int rank;
    private final int size;
    private final Memory status = new Memory(MpiLibrary.STATUS_BYTES);
    private final Memory news = new Memory(FAILURE_BYTES);
    private final PointerByReference newsRequest = new PointerByReference();
    /** May still be read by the library. */
    private final List<Memory> told = new ArrayList<>();

    /** To be made once a process, after {@link MpiLibrary#initialise}. */
    MpiWire(MpiLibrary mpi) {
        this.mpi = mpi;
        this.rank = mpi.rank();
        this.size = mpi.size();
        mpi.require(
                mpi.calls()
                        .MPI_Irecv(
                                news,
                                FAILURE_BYTES,
                                mpi.bytes(),
                                MpiLibrary.ANY_SOURCE,
                                FAILURE_TAG,
                                mpi.world(),
                                newsRequest),
                "listen to other ranks");
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void launch(List<Message> round) {
        for (Message message : round) {
            PointerByReference request = new PointerByReference();
            Elements elements = message.elements();
            Pointer memory = elements.count() == 0 ? Pointer.NULL : Native.getDirectBufferPointer(elements.buffer());
            MpiLibrary.Calls calls = mpi.calls();
            int code = message.isReceive()
                    ? calls.MPI_Irecv(
                            memory, message.bytes(), mpi.bytes(), message.peer(), message.tag(), mpi.world(), request)
                    : calls.MPI_Isend(
                            memory, message.bytes(), mpi.bytes(), message.peer(), message.tag(), mpi.world(), request);
            mpi.require(code, "exchange a message with rank " + message.peer());
            message.hold(request);
        }
    }

    @Override
    public Optional<String> look(Message message) {
        IntByReference flag = new IntByReference();
        int code = mpi.calls().MPI_Test((PointerByReference) message.handle(), flag, status);
        if (MpiLibrary.isTruncation(code)) {
            return Optional.of("more than that");
        }
        mpi.require(code, "look for the end of a message");
        if (flag.getValue() == 0) {
            return Optional.empty();
        }
        message.markDone();
        int found = message.isReceive() ? received() : message.bytes();
        return found == message.bytes() ? Optional.empty() : Optional.of(found + " bytes");
    }

    private int received() {
        IntByReference count = new IntByReference();
        mpi.require(mpi.calls().MPI_Get_count(status, mpi.bytes(), count), "measure a message");
        return count.getValue();
    }

    @Override
    public void tell(CollectiveFailure failure) {
        byte[] text = FailureText.bytes(failure, FAILURE_BYTES);
        for (int peer = 0; peer < size; peer++) {
            if (peer != rank) {
                Memory copy = new Memory(text.length);
                copy.write(0, text, 0, text.length);
                told.add(copy);
                // Whether it arrives is of no matter: the deadline tells the same later.
                mpi.calls()
                        .MPI_Isend(
                                copy,
                                text.length,
                                mpi.bytes(),
                                peer,
                                FAILURE_TAG,
                                mpi.world(),
                                new PointerByReference());
            }
        }
    }

    @Override
    public Optional<CollectiveFailure> hear() {
        IntByReference flag = new IntByReference();
        mpi.require(mpi.calls().MPI_Test(newsRequest, flag, status), "listen to other ranks");
        return flag.getValue() == 0
                ? Optional.empty()
                : Optional.of(FailureText.parse(news.getByteArray(0, received())));
    }

    @Override
    public void close() {
        mpi.calls().MPI_Finalize();
    }
}
