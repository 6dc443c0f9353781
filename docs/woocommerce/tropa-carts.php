<?php
/**
 * Plugin Name: Tropa carts
 * Description: Tells Tropa what is in carts, which WooCommerce's own webhooks do not, and which cart became which order.
 * Version: 1.0.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * Requires Plugins: woocommerce
 * License: Apache-2.0
 *
 * Put this file into wp-content/plugins/, activate it, and write into wp-config.php:
 *
 *   define( 'TROPA_HOOK', 'https://tropa.example.com/hooks/woo' );
 *   define( 'TROPA_SECRET', 'the secret of the source "woo" in tropa.yaml' );
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/** What changes carts; the block cart and checkout go through the same hooks. */
$tropa_changes = array(
	'woocommerce_add_to_cart',
	'woocommerce_cart_item_removed',
	'woocommerce_cart_item_restored',
	'woocommerce_after_cart_item_quantity_update',
	'woocommerce_cart_emptied',
);
foreach ( $tropa_changes as $tropa_change ) {
	add_action( $tropa_change, 'tropa_cart_changed', 100, 0 );
}
add_action( 'woocommerce_checkout_create_order', 'tropa_mark_order', 10, 1 );
add_action( 'woocommerce_store_api_checkout_update_order_meta', 'tropa_mark_order_and_save', 10, 1 );

/** However often a cart changes in one request, it is told once, when the page is done. */
function tropa_cart_changed() {
	if ( ! has_action( 'shutdown', 'tropa_send_cart' ) ) {
		// Before WooCommerce saves the session, at 20.
		add_action( 'shutdown', 'tropa_send_cart', 5 );
	}
}

/** A random name, kept in the session of WooCommerce: of the visitor, or of the cart. Null where there is no session. */
function tropa_name( $what ) {
	if ( ! function_exists( 'WC' ) || ! WC()->session ) {
		return null;
	}
	$name = WC()->session->get( $what );
	if ( ! is_string( $name ) || '' === $name ) {
		$name = 't_' . str_replace( '-', '', wp_generate_uuid4() );
		WC()->session->set( $what, $name );
	}
	return $name;
}

/** The order knows its cart, so that Tropa knows whose cart was bought, and when: a draft is older than its order. */
function tropa_mark_order( $order ) {
	$order->update_meta_data( '_tropa_placed', gmdate( 'Y-m-d\TH:i:s\Z' ) );
	$cart = tropa_name( 'tropa_cart' );
	if ( null !== $cart ) {
		$order->update_meta_data( '_tropa_cart', $cart );
		$order->update_meta_data( '_tropa_anonymous', tropa_name( 'tropa_visitor' ) );
	}
}

function tropa_mark_order_and_save( $order ) {
	tropa_mark_order( $order );
	$order->save();
}

function tropa_send_cart() {
	$id = tropa_name( 'tropa_cart' );
	if ( null === $id || ! WC()->cart || ! defined( 'TROPA_HOOK' ) || ! defined( 'TROPA_SECRET' ) ) {
		return;
	}
	$customer = WC()->customer;
	$cart     = array(
		'cart_id'      => $id,
		'anonymous_id' => tropa_name( 'tropa_visitor' ),
		'customer_id'  => get_current_user_id(),
		'email'        => $customer ? $customer->get_billing_email() : '',
		'phone'        => $customer ? $customer->get_billing_phone() : '',
		'country'      => $customer ? $customer->get_billing_country() : '',
		'currency'     => get_woocommerce_currency(),
		'total'        => (string) round( (float) WC()->cart->get_cart_contents_total() + (float) WC()->cart->get_cart_contents_tax(), 2 ),
		'url'          => wc_get_cart_url(),
		'items'        => tropa_items(),
	);
	// A cart that is as it was is not told again.
	$seen = md5( (string) wp_json_encode( $cart ) );
	if ( WC()->session->get( 'tropa_seen' ) === $seen ) {
		return;
	}
	WC()->session->set( 'tropa_seen', $seen );
	if ( ! $cart['items'] ) {
		// Bought or given up: what is filled next is another cart of the same visitor.
		WC()->session->set( 'tropa_cart', null );
	}
	$cart['updated_at'] = gmdate( 'Y-m-d\TH:i:s\Z' );
	$body               = (string) wp_json_encode( $cart );
	wp_remote_post(
		TROPA_HOOK,
		array(
			// Nobody waits for Tropa: a cart that is not told is told with its next change.
			'blocking' => false,
			'timeout'  => 2,
			'headers'  => array(
				'Content-Type'             => 'application/json',
				'X-WC-Webhook-Topic'       => 'tropa.cart',
				'X-WC-Webhook-Delivery-ID' => wp_generate_uuid4(),
				// phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode
				'X-WC-Webhook-Signature'   => base64_encode( hash_hmac( 'sha256', $body, TROPA_SECRET, true ) ),
			),
			'body'     => $body,
		)
	);
}

function tropa_items() {
	$items = array();
	foreach ( WC()->cart->get_cart() as $line ) {
		$product = $line['data'];
		if ( ! $product instanceof WC_Product ) {
			continue;
		}
		$terms   = get_the_terms( $line['product_id'], 'product_cat' );
		$image   = wp_get_attachment_image_url( $product->get_image_id(), 'woocommerce_single' );
		$items[] = array(
			'product_id'   => $line['product_id'],
			'variation_id' => $line['variation_id'],
			'sku'          => $product->get_sku(),
			'title'        => $product->get_name(),
			'quantity'     => $line['quantity'],
			'price'        => (string) wc_get_price_to_display( $product ),
			'url'          => $product->get_permalink(),
			'image'        => $image ? $image : '',
			'category'     => is_array( $terms ) && $terms ? $terms[0]->name : '',
		);
	}
	return $items;
}
