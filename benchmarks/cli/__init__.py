"""What reading logs costs, beside the field's two native readers, in one run."""
