package dev.mugv.model.convert;

import ai.djl.ndarray.types.Shape;

/** How a tensor is cut into equal parts, one a tensor-parallel rank, and where each element lies on both sides. */
sealed interface Split {
    /**
     * Consecutive elements somewhere else.
     *
     * @param rank whose part they are in; 0 when they are in the whole
     * @param first index of the first
     * @param count how many
     */
    record Run(int rank, long first, long count) {}

    /** Shape of one part. */
    Shape part(Shape whole, int ranks);

    /** Where an element of the whole, and as many after it as lie in one piece, are in the parts. */
    Run inParts(Shape whole, int ranks, long element);

    /** Where an element of a rank's part, and as many after it as lie in one piece, are in the whole. */
    Run inWhole(Shape whole, int ranks, int rank, long element);

    /** Every rank has all of it. */
    record Replicated() implements Split {
        @Override
        public Shape part(Shape whole, int ranks) {
            return whole;
        }

        @Override
        public Run inParts(Shape whole, int ranks, long element) {
            return new Run(0, element, whole.size() - element);
        }

        @Override
        public Run inWhole(Shape whole, int ranks, int rank, long element) {
            return new Run(0, element, whole.size() - element);
        }
    }

    /**
     * Cut along the first axis. With several logical parts (query, key and value), a published tensor has them one after the
     * other, each with all heads; Megatron has the heads one after the other, each with all parts.
     *
     * @param logicalParts 3 for qkv, 2 for kv, 1 for what has no heads to be put in another order
     * @param headRows rows of one head in one part
     */
    record Rows(int logicalParts, int headRows) implements Split {
        /** Rows in the order that they have. */
        static Rows plain() {
            return new Rows(1, 1);
        }

        @Override
        public Shape part(Shape whole, int ranks) {
            long[] sizes = whole.getShape().clone();
            sizes[0] /= ranks;
            return new Shape(sizes);
        }

        @Override
        public Run inParts(Shape whole, int ranks, long element) {
            long inner = inner(whole);
            long block = block(whole, ranks);
            long groups = whole.get(0) / (block * logicalParts);
            long row = element / inner;
            long within = row % block;
            long group = row / block % groups;
            long logicalPart = row / (block * groups);
            long perRank = groups / ranks;
            long there = (group % perRank * logicalParts + logicalPart) * block + within;
            long skipped = element % inner;
            return new Run((int) (group / perRank), there * inner + skipped, (block - within) * inner - skipped);
        }

        @Override
        public Run inWhole(Shape whole, int ranks, int rank, long element) {
            long inner = inner(whole);
            long block = block(whole, ranks);
            long groups = whole.get(0) / (block * logicalParts);
            long row = element / inner;
            long within = row % block;
            long logicalPart = row / block % logicalParts;
            long group = rank * (groups / ranks) + row / (block * logicalParts);
            long there = (logicalPart * groups + group) * block + within;
            long skipped = element % inner;
            return new Run(0, there * inner + skipped, (block - within) * inner - skipped);
        }

        private static long inner(Shape whole) {
            return whole.size() / whole.get(0);
        }

        /** Rows that stay together: of a head, or of a whole rank where heads keep their order. */
        private long block(Shape whole, int ranks) {
            return logicalParts == 1 ? whole.get(0) / ranks : headRows;
        }
    }

    /** Cut along the second axis of a matrix. */
    record Columns() implements Split {
        @Override
        public Shape part(Shape whole, int ranks) {
            return new Shape(whole.get(0), whole.get(1) / ranks);
        }

        @Override
        public Run inParts(Shape whole, int ranks, long element) {
            long columns = whole.get(1);
            long perRank = columns / ranks;
            long row = element / columns;
            long column = element % columns;
            long within = column % perRank;
            return new Run((int) (column / perRank), row * perRank + within, perRank - within);
        }

        @Override
        public Run inWhole(Shape whole, int ranks, int rank, long element) {
            long columns = whole.get(1);
            long perRank = columns / ranks;
            long row = element / perRank;
            long within = element % perRank;
            return new Run(0, row * columns + rank * perRank + within, perRank - within);
        }
    }
}
