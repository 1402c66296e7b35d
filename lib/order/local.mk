noinst_LIBRARIES += lib/order/liborder.a
lib_order_liborder_a_SOURCES = \
	%D%/audit.c %D%/audit.h %D%/code.c %D%/code.h %D%/layout.c %D%/layout.h %D%/order.c %D%/order.h \
	%D%/price.c %D%/price.h %D%/record.c %D%/state.c \
	%D%/ticket.c %D%/ticket.h
LIBORDER = lib/order/liborder.a
