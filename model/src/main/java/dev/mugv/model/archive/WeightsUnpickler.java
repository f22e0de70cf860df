package dev.mugv.model.archive;

import ai.djl.ndarray.types.Shape;
import dev.mugv.model.run.WorkFailure;
import dev.mugv.model.tensor.ElementType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.razorvine.pickle.Opcodes;
import net.razorvine.pickle.PickleException;
import net.razorvine.pickle.PickleUtils;
import net.razorvine.pickle.Unpickler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pickle of a torch file. It makes dictionaries, lists, tuples, text, numbers and {@link StridedTensor}; any other
 * class is refused by its name at the place where the pickle speaks of it, before something is made of it.
 *
 * <p>The library interprets the instructions that only move plain values. Those that look a class up, call something or set
 * an object's state never reach it: it would answer with classes of its own, by reflection. Instructions that torch does not
 * write are refused too.
 */
final class WeightsUnpickler extends Unpickler {
    /** What a pickle may call. */
    private enum Callable {
        TENSOR,
        PARAMETER,
        DICTIONARY,
        SIZE
    }

    private static final Map<String, Callable> CALLABLES = Map.of(
            "torch._utils._rebuild_tensor_v2", Callable.TENSOR,
            "torch._utils._rebuild_parameter", Callable.PARAMETER,
            "collections.OrderedDict", Callable.DICTIONARY,
            "torch.Size", Callable.SIZE);

    private static final Map<String, ElementType> STORAGES = Map.of(
            "torch.DoubleStorage", ElementType.F64,
            "torch.FloatStorage", ElementType.F32,
            "torch.HalfStorage", ElementType.F16,
            "torch.BFloat16Storage", ElementType.BF16,
            "torch.LongStorage", ElementType.I64,
            "torch.IntStorage", ElementType.I32,
            "torch.ByteStorage", ElementType.U8,
            "torch.BoolStorage", ElementType.BOOL);

    /** Instructions that move plain values and have no length of their own. */
    private static final Set<Short> PLAIN = Set.of(
            Opcodes.MARK,
            Opcodes.STOP,
            Opcodes.POP,
            Opcodes.POP_MARK,
            Opcodes.BININT,
            Opcodes.BININT1,
            Opcodes.BININT2,
            Opcodes.LONG1,
            Opcodes.BINFLOAT,
            Opcodes.NONE,
            Opcodes.NEWTRUE,
            Opcodes.NEWFALSE,
            Opcodes.SHORT_BINSTRING,
            Opcodes.SHORT_BINUNICODE,
            Opcodes.SHORT_BINBYTES,
            Opcodes.EMPTY_LIST,
            Opcodes.APPEND,
            Opcodes.APPENDS,
            Opcodes.LIST,
            Opcodes.EMPTY_TUPLE,
            Opcodes.TUPLE,
            Opcodes.TUPLE1,
            Opcodes.TUPLE2,
            Opcodes.TUPLE3,
            Opcodes.BINPERSID,
            Opcodes.BINGET,
            Opcodes.LONG_BINGET,
            Opcodes.BINPUT,
            Opcodes.LONG_BINPUT,
            Opcodes.MEMOIZE,
            Opcodes.PROTO,
            Opcodes.FRAME);

    /** Plain values with a length of four bytes in front. */
    private static final Set<Short> COUNTED = Set.of(Opcodes.BINSTRING, Opcodes.BINUNICODE, Opcodes.BINBYTES);

    private final TorchArchive archive;

    WeightsUnpickler(TorchArchive archive) {
        this.archive = archive;
    }

    /**
     * The archive's pickled value.
     *
     * @throws WorkFailure INVALID_REQUEST naming a class or instruction that is refused; CORRUPT if the pickle is damaged
     */
    @Nullable
    Object read() {
        try {
            return load(new ByteArrayInputStream(archive.pickle()));
        } catch (WorkFailure e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Whatever a damaged pickle makes the library do: an empty stack, a wrong type, a negative length.
            throw TorchArchive.corrupt(archive.path(), "its pickle is damaged (" + e + ")", e);
        }
    }

    @Override
    protected @Nullable Object dispatch(short instruction) throws IOException {
        switch (instruction) {
            case Opcodes.GLOBAL -> stack.add(global(PickleUtils.readline(input), PickleUtils.readline(input)));
            case Opcodes.STACK_GLOBAL -> {
                String name = (String) stack.pop();
                stack.add(global((String) stack.pop(), name));
            }
            case Opcodes.EMPTY_DICT -> stack.add(new LinkedHashMap<>());
            case Opcodes.SETITEM -> {
                Object value = stack.pop();
                Object key = stack.pop();
                put(List.of(key), java.util.Collections.singletonList(value));
            }
            case Opcodes.SETITEMS -> {
                List<Object> items = stack.pop_all_since_marker();
                List<Object> keys = new ArrayList<>();
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < items.size(); i += 2) {
                    keys.add(items.get(i));
                    values.add(items.get(i + 1));
                }
                put(keys, values);
            }
            case Opcodes.REDUCE, Opcodes.NEWOBJ -> {
                Object[] arguments = (Object[]) stack.pop();
                stack.add(called(stack.pop(), arguments));
            }
            case Opcodes.BUILD -> {
                // A module's state dict carries versions of its layers as an attribute; nobody reads them here.
                stack.pop();
                if (!(stack.peek() instanceof Map)) {
                    throw new PickleException("state is set of what has none");
                }
            }
            default -> {
                return plain(instruction);
            }
        }
        return NO_RETURN_VALUE;
    }

    @Override
    protected Object persistentLoad(Object id) {
        if (id instanceof Object[] parts
                && parts.length == 5
                && "storage".equals(parts[0])
                && parts[1] instanceof ElementType type
                && parts[2] instanceof String key
                && parts[4] instanceof Number elements) {
            return archive.require(new TorchStorage(key, type, elements.longValue()));
        }
        throw new PickleException("expected the id of a storage");
    }

    private @Nullable Object plain(short instruction) throws IOException {
        if (COUNTED.contains(instruction)) {
            input.mark(Integer.BYTES);
            long length = PickleUtils.bytes_to_integer(PickleUtils.readbytes(input, Integer.BYTES)) & 0xffffffffL;
            if (length > input.available()) {
                throw new PickleException("a text of %d bytes, %d are left".formatted(length, input.available()));
            }
            input.reset();
        } else if (!PLAIN.contains(instruction)) {
            throw TorchArchive.refused(
                    archive.path(),
                    "its pickle has the instruction 0x%02x, which no state dict needs".formatted(instruction),
                    "Save its tensors alone by torch.save(model.state_dict(), NEW).");
        }
        return super.dispatch(instruction);
    }

    private Object global(String module, String name) {
        String path = module + "." + name;
        Callable callable = CALLABLES.get(path);
        if (callable != null) {
            return callable;
        }
        ElementType storage = STORAGES.get(path);
        if (storage != null) {
            return storage;
        }
        throw TorchArchive.refused(
                archive.path(),
                "its pickle names '%s', expected tensors, dictionaries, lists, text and numbers only"
                        .formatted(path.length() > 200 ? path.substring(0, 200) + "..." : path),
                "If you trust the file, save its tensors alone by torch.save(STATE_DICT, NEW).");
    }

    @SuppressWarnings("unchecked")
    private void put(List<Object> keys, List<@Nullable Object> values) {
        Map<Object, @Nullable Object> dictionary = (Map<Object, @Nullable Object>) stack.peek();
        for (int i = 0; i < keys.size(); i++) {
            Object key = keys.get(i);
            // Nothing else is a key of a state dict, and hashing containers could take for ever.
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) {
                throw new PickleException("expected text or a number as key");
            }
            dictionary.put(key, values.get(i));
        }
    }

    private static Object called(Object callee, Object[] arguments) {
        if (!(callee instanceof Callable callable)) {
            throw new PickleException("expected something that can be called");
        }
        return switch (callable) {
            case TENSOR -> tensor(arguments);
            case PARAMETER -> StridedTensor.class.cast(arguments[0]);
            case DICTIONARY -> dictionary(arguments);
            case SIZE -> Object[].class.cast(arguments[0]);
        };
    }

    // storage, offset, sizes, strides, requires_grad, hooks[, metadata]
    private static StridedTensor tensor(Object[] arguments) {
        return new StridedTensor(
                (TorchStorage) arguments[0],
                ((Number) arguments[1]).longValue(),
                new Shape(longs((Object[]) arguments[2])),
                longs((Object[]) arguments[3]));
    }

    private static Map<Object, Object> dictionary(Object[] arguments) {
        if (arguments.length != 0) {
            throw new PickleException("an OrderedDict with arguments");
        }
        return new LinkedHashMap<>();
    }

    private static List<Long> longs(Object[] numbers) {
        List<Long> longs = new ArrayList<>();
        for (Object number : numbers) {
            longs.add(((Number) number).longValue());
        }
        return longs;
    }
}
